import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkChange } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/index.ts';
import { noticedByTcp } from '../../../src/sim/network/retransmission.ts';
import { aChain, aModel, aSwarm, aUnicast, LINK_BPS } from '../a-model.ts';

const LINK = { upBps: LINK_BPS, downBps: LINK_BPS };
const SLOW = { upBps: LINK_BPS / 4, downBps: LINK_BPS / 4 };
const OUT = { upBps: 0, downBps: 0 };
const TIMEOUT_S = 0.25;

const out = (atS: number): LinkChange => ({ atS, link: OUT });
const back = (atS: number, link = LINK): LinkChange => ({ atS, link });

/** When connections go on over a cable that is out from 3 s on. */
function goesOnS(forS: number, timeoutS = TIMEOUT_S): number {
  const noticed = noticedByTcp([out(3), back(3 + forS)], timeoutS);
  expect(noticed.map(({ link }) => link)).toEqual([OUT, LINK]);
  return noticed[1]!.atS;
}

describe('connections over a cable that was out', () => {
  it('go on with the first try after that, each of which waits twice as long as the one before', () => {
    const triesS = [0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 31.75];
    for (const tryS of triesS) expect([goesOnS(tryS - 0.125), goesOnS(tryS)]).toEqual([3 + tryS, 3 + tryS]);
    expect(goesOnS(15.875)).toBe(3 + 31.75);
  });

  it('wait two minutes at most between two tries', () => {
    const waitOf64S = 127.75;
    expect(goesOnS(128)).toBe(3 + waitOf64S + 120);
    expect(goesOnS(330)).toBe(3 + waitOf64S + 2 * 120);
  });

  it('never go on before the cable is back, and after as long again and a timeout at the latest', () => {
    const seconds = fc.double({ min: 0.001, max: 3600, noNaN: true });
    const timeouts = fc.double({ min: 0.001, max: 10, noNaN: true });
    fc.assert(
      fc.property(seconds, timeouts, (forS, timeoutS) => {
        const waitedS = goesOnS(forS, timeoutS) - 3;
        expect(waitedS).toBeGreaterThanOrEqual(forS * (1 - 1e-9));
        expect(waitedS).toBeLessThanOrEqual(2 * forS + timeoutS + 1e-6);
      }),
    );
  });

  it('notice nothing of a cable that is back between two tries', () => {
    const twice = [out(3), back(3 + 8), out(3 + 9), back(3 + 11)];
    expect(noticedByTcp(twice, TIMEOUT_S)).toEqual([out(3), out(12), back(3 + 15.75)]);
  });

  it('go on at the rate that the link has then', () => {
    const slower = [out(3), back(3 + 8), back(3 + 9, SLOW), back(3 + 40)];
    expect(noticedByTcp(slower, TIMEOUT_S)).toEqual([out(3), back(3 + 15.75, SLOW), back(43)]);
  });

  it('notice at once that a link is slower or faster, or anything where there is no timeout', () => {
    const changes = [back(3, SLOW), back(5), back(6, SLOW)];
    expect(noticedByTcp(changes, TIMEOUT_S)).toEqual(changes);
    expect(noticedByTcp([out(3), back(10)], 0)).toEqual([out(3), back(10)]);
  });

  it.each([aSwarm(), aUnicast(), aChain()])('cost the only machine that time: $transport', (transport) => {
    const plain = aModel({ machines: 1, link: LINK, transport });
    const [machine] = plain.machines;
    const tcp = {
      ...{ isSlowStart: false, firstWindowBytes: 1, segmentBytes: 1, underLoss: undefined },
      timeoutS: TIMEOUT_S,
    };
    const cut = { ...plain, tcp, machines: [{ ...machine!, linkChanges: [out(3), back(23)] }] };
    const [before, after] = [plain, cut].map((model) => simulate(model, 1).machines[0]!.doneS!);
    expect(after! - before!).toBeCloseTo(31.75, 5);
  });
});
