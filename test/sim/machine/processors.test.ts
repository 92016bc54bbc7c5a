import { describe, expect, it } from 'vitest';
import type { DeploymentModel, ProcessorsModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';

const FAST = { upBps: 64 * LINK_BPS, downBps: Infinity };
const ALL = [aUnicast(), aChain(), aSwarm(), aMulticast()];

/** Two processors that take a second for each piece, and nothing beside. */
function twoProcessors(wishes: Partial<ProcessorsModel> = {}): ProcessorsModel {
  return { count: 2, perByteS: 1 / PIECE_BYTES, perMachineS: 0, ...wishes };
}

/** Eight pieces. */
function takenBy(wishes: Partial<Parameters<typeof aModel>[0]>): number {
  return makespanS(simulate(aModel(wishes), 1));
}

describe('processors that all machines share', () => {
  it.each(ALL)('work off every byte that arrives, where links are no limit: $transport', (transport) => {
    const takesS = takenBy({ machines: 4, link: FAST, transport, processors: twoProcessors() });
    expect(takesS).toBeCloseTo((4 * 8) / 2, 9);
  });

  it.each(ALL)('slow nothing down where they are not all busy: $transport', (transport) => {
    const model: Parameters<typeof aModel>[0] = {
      machines: 4,
      link: { upBps: LINK_BPS, downBps: LINK_BPS },
      transport,
    };
    // Four machines that receive at full rate would take two of these.
    const idle = twoProcessors({ perByteS: 0.49 / PIECE_BYTES });
    expect(takenBy({ ...model, processors: idle })).toBe(takenBy(model));
  });

  it('are shared by what a machine computes at its start and its bytes', () => {
    const processors = twoProcessors({ perMachineS: 3 });
    // Each start-up and each download has a quarter of a processor for 12 s, then each download half of one for 10 s.
    const takesS = takenBy({ machines: 4, link: FAST, transport: aUnicast(), processors });
    expect(takesS).toBeCloseTo((4 * (8 + 3)) / 2, 9);
  });

  it('let a machine alone begin on one of them while its bytes come', () => {
    const processors = twoProcessors({ perByteS: 0.9 / PIECE_BYTES, perMachineS: 7 });
    expect(takenBy({ machines: 1, transport: aUnicast(), processors })).toBeCloseTo(8, 9);
  });

  it('have nothing to do any more for a machine that dies, until it is back', () => {
    const processors: ProcessorsModel = { count: 1, perByteS: 1 / PIECE_BYTES, perMachineS: 100 };
    const model = (machines: Parameters<typeof aModel>[0] & object): DeploymentModel =>
      aModel({ pieces: 8, link: FAST, transport: aUnicast(), processors, ...machines });
    const died = simulate(model({ machines: [{}, { diesAfterS: 4 }] }), 1);
    // Four flows share a second of work for four seconds, then two do: the first has had one of its eight pieces.
    expect(doneTimes(died)[0]).toBeCloseTo(4 + 7 * 2, 9);
    expect(failures(died)[1]).toMatch('killed');
    const back = simulate(model({ machines: [{ diesAfterS: 4, comesBackAfterS: 10 }] }), 1);
    // Two of its pieces came before, two flows share the processor, and each begins anew.
    expect(doneTimes(back)[0]).toBeCloseTo(14 + 6 * 2, 9);
  });
});
