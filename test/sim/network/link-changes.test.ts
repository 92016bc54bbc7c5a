import { describe, expect, it } from 'vitest';
import type { DeploymentModel, LinkChange } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/index.ts';
import { aChain, aModel, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';

const LINK = { upBps: LINK_BPS, downBps: LINK_BPS };
const OUT = { upBps: 0, downBps: 0 };

/** A cable that is out for 20 s. */
function cutAt(atS: number): LinkChange[] {
  return [
    { atS, link: OUT },
    { atS: atS + 20, link: LINK },
  ];
}

function makespanOf(model: DeploymentModel): number {
  return Math.max(...simulate(model, 1).machines.map(({ doneS }) => doneS!));
}

const TRANSPORTS = [aSwarm(), aUnicast(), aChain()];

describe('a link that changes', () => {
  it.each(TRANSPORTS)(
    'costs the only machine just the time for which its cable was out: $transport',
    (transport) => {
      const plain = aModel({ machines: 1, link: LINK, transport });

      const cut = makespanOf({ ...plain, machines: [{ ...plain.machines[0]!, linkChanges: cutAt(3.5) }] });

      expect(cut).toBeCloseTo(makespanOf(plain) + 20, 5);
    },
  );

  it.each(TRANSPORTS)('costs everybody that time where it is the only source’s: $transport', (transport) => {
    const plain = aModel({ machines: 1, link: LINK, transport });

    expect(makespanOf({ ...plain, serverLinkChanges: cutAt(2) })).toBeCloseTo(makespanOf(plain) + 20, 5);
  });

  it('takes twice as long for the second half at half the rate', () => {
    const half = { upBps: LINK_BPS / 2, downBps: LINK_BPS / 2 };
    const plain = aModel({ machines: 1, link: LINK, transport: aUnicast() });

    const slowed = makespanOf({ ...plain, serverLinkChanges: [{ atS: 4, link: half }] });

    expect(slowed).toBeCloseTo(4 + 8, 9);
  });

  it('can be one without limit', () => {
    const plain = aModel({
      machines: 1,
      link: { upBps: LINK_BPS, downBps: Infinity },
      transport: aUnicast(),
    });
    const [machine] = plain.machines;

    const cut = { ...plain, machines: [{ ...machine!, linkChanges: cutAt(3) }] };

    expect(makespanOf(cut)).toBeCloseTo(8 + 20, 5);
  });

  it('holds up nobody else for long in a swarm, where all bytes are counted', () => {
    const plain = aModel({ machines: 6, pieces: 64, link: LINK });
    const machines = plain.machines.map((machine, place) =>
      place === 0 ? { ...machine, linkChanges: cutAt(10) } : machine,
    );

    const { machines: ended, serverUploadedBytes, wastedBytes } = simulate({ ...plain, machines }, 1);

    const times = ended.map(({ doneS }) => doneS!);
    expect(times[0]).toBeGreaterThan(64 + 15);
    for (const time of times.slice(1)) expect(time).toBeLessThan(makespanOf(plain) + 20);
    const sum = (of: (machine: (typeof ended)[number]) => number) =>
      ended.reduce((all, each) => all + of(each), 0);
    const uploaded = serverUploadedBytes + sum((machine) => machine.uploadedBytes);
    expect(uploaded).toBeCloseTo(sum((machine) => machine.downloadedBytes) + wastedBytes, 3);
    expect(sum((machine) => machine.downloadedBytes)).toBe(6 * 64 * PIECE_BYTES);
  });

  it('makes the same trace for the same random seed', () => {
    const model = { ...aModel({ machines: 6, pieces: 32, link: LINK }), serverLinkChanges: cutAt(5) };

    expect(simulate(model, 7).traceDigest).toBe(simulate(model, 7).traceDigest);
  });

  it('is refused where it makes no sense', () => {
    const bad = { atS: -1, link: OUT };

    expect(() => simulate({ ...aModel(), serverLinkChanges: [bad] }, 1)).toThrow('serverLinkChanges[0].atS');
  });
});
