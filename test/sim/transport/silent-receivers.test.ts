import { describe, expect, it } from 'vitest';
import type { LinkChange, MachineModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { expectedTransmissions } from '../../../src/sim/theory/packet-loss.ts';
import { aModel, aMulticast, aSwarm, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, sigmasOff } from '../readings.ts';

const LINK = { upBps: LINK_BPS, downBps: LINK_BPS };
const OUT = { upBps: 0, downBps: 0 };
const PATIENT = aMulticast({ dropAfterS: 3 });

/** A copy takes eight seconds. */
function castTo(machines: readonly Partial<MachineModel>[], transport = PATIENT) {
  return simulate(aModel({ machines, pieces: 8, link: LINK, transport }), 1);
}

function cut(atS: number, forS: number): { linkChanges: LinkChange[] } {
  return {
    linkChanges: [
      { atS, link: OUT },
      { atS: atS + forS, link: LINK },
    ],
  };
}

describe('a multicast with receivers that fall silent', () => {
  it('stands still for as long as the sender waits for a machine that died', () => {
    expect(doneTimes(castTo([{}, {}, { diesAfterS: 4 }]))).toEqual([11, 11, null]);
  });

  it('stands still once where another dies meanwhile, and again where one dies afterwards', () => {
    expect(doneTimes(castTo([{}, { diesAfterS: 4 }, { diesAfterS: 6 }]))).toEqual([11, null, null]);
    expect(doneTimes(castTo([{}, { diesAfterS: 4 }, { diesAfterS: 8 }]))).toEqual([14, null, null]);
  });

  it('waits for a cable that is out for less, and for no longer than that', () => {
    expect(doneTimes(castTo([{}, cut(4, 2)]))).toEqual([10, 10]);
  });

  it('drops a machine whose cable is out for longer', () => {
    const result = castTo([{}, cut(4, 5)]);
    expect(doneTimes(result)).toEqual([11, null]);
    expect(failures(result)).toEqual([null, 'the sender dropped it, as it did not answer']);
  });

  it('goes on when the last of several cables is back', () => {
    expect(doneTimes(castTo([{}, cut(4, 1), cut(4.5, 1.5)]))).toEqual([10, 10, 10]);
  });

  it('waits anew for a cable that is out a second time', () => {
    const [first, again] = [cut(1, 2), cut(5, 2)];
    const twice = { linkChanges: [...first.linkChanges, ...again.linkChanges] };
    expect(doneTimes(castTo([{}, twice]))).toEqual([12, 12]);
  });

  it('does not hear a dead machine whose cable is back', () => {
    expect(doneTimes(castTo([{}, { ...cut(4, 1), diesAfterS: 4.5 }]))).toEqual([11, null]);
  });

  it('waits for a cable that was out when it began', () => {
    const model = aModel({
      machines: [{}, cut(1, 6)],
      pieces: 8,
      link: LINK,
      arrival: { kind: 'staggered', intervalS: 5 },
      transport: PATIENT,
    });
    expect(doneTimes(simulate(model, 1))).toEqual([15, 15]);
  });

  it('does not wait for a machine that has everything', () => {
    const lossy = (machines: readonly Partial<MachineModel>[]) =>
      simulate(
        aModel({ machines, loss: 0.25, phases: { finish: 1 }, transport: aMulticast({ dropAfterS: 99 }) }),
        1,
      );
    const plain = doneTimes(lossy([{}, {}, {}]));
    const first = plain.indexOf(Math.min(...plain.map((doneS) => doneS!)));
    const diesAfterS = plain[first]! - 0.999;
    const others = doneTimes(lossy(plain.map((_, place) => (place === first ? { diesAfterS } : {}))));
    expect(others).toEqual(plain.with(first, null));
    expect(Math.max(...others.map((doneS) => doneS!)) - 1).toBeGreaterThan(diesAfterS);
  });

  it('stands still just so where a swarm repairs it', () => {
    const repair = { swarm: aSwarm(), blockBytes: PIECE_BYTES };
    expect(doneTimes(castTo([{}, {}, { diesAfterS: 4 }], { ...PATIENT, repair }))).toEqual([11, 11, null]);
  });

  it.each([
    ['in rounds', PATIENT],
    [
      'and then by a swarm',
      aMulticast({ dropAfterS: 3, repair: { swarm: aSwarm(), blockBytes: PIECE_BYTES } }),
    ],
  ])('sends %s until nobody is left, and nothing where nobody was', (_, transport) => {
    const books = (machines: readonly Partial<MachineModel>[], waitS = 0) => {
      const { serverUploadedBytes, wastedBytes } = castTo(machines, { ...transport, waitS });
      return [serverUploadedBytes / PIECE_BYTES, wastedBytes / PIECE_BYTES];
    };
    expect(books([{}, { diesAfterS: 4 }])).toEqual([8, 0]);
    // The second is missed at once, and the first dies while the sender waits for it.
    expect(books([{ diesAfterS: 6 }, { diesAfterS: 4 }])).toEqual([4, 4]);
    expect(books([{ diesAfterS: 8 }, { diesAfterS: 4 }])).toEqual([5, 5]);
    expect(books([{ diesAfterS: 4 }, { diesAfterS: 4 }], 5)).toEqual([0, 0]);
  });

  it('repairs no losses of machines that it has dropped', () => {
    const machines = [{}, ...Array.from({ length: 9 }, () => ({ diesAfterS: 0.1 }))];
    const transport = aMulticast({ packetBytes: PIECE_BYTES / 8 });
    const times = Array.from({ length: 30 }, (_, randomSeed) => {
      const model = aModel({ machines, pieces: 8, loss: 0.25, link: LINK, transport });
      return doneTimes(simulate(model, randomSeed))[0]!;
    });
    expect(sigmasOff(times, 8 * expectedTransmissions(1, 0.25))).toBeLessThan(3);
  });

  it('sends nothing again that only machines lacked which are gone', () => {
    const transport = { ...PATIENT, packetBytes: PIECE_BYTES / 8 };
    const lossy = (...machines: Partial<MachineModel>[]) =>
      simulate(aModel({ machines, loss: 0.25, link: LINK, transport }), 3);
    const [one, other] = doneTimes(lossy({}, {})) as [number, number];
    const [firstS, lastS] = [Math.min(one, other), Math.max(one, other)];
    // So many packets before the end.
    const diesAfterS = lastS - 2 / 8;
    expect(diesAfterS).toBeGreaterThan(firstS);
    const dying = [one, other].map((doneS) => (doneS === lastS ? { diesAfterS } : {}));
    const { serverUploadedBytes, wastedBytes } = lossy(...dying);
    expect(serverUploadedBytes).toBe(diesAfterS * LINK_BPS);
    expect(wastedBytes).toBe((diesAfterS - 8) * LINK_BPS);
  });
});
