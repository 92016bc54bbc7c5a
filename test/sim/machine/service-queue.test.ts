import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { Admission } from '../../../src/sim/machine/admission.ts';
import { ServiceQueue } from '../../../src/sim/machine/service-queue.ts';
import { waitInLineS } from '../../../src/sim/theory/boot-storm.ts';

/** Times in line [s] of requests that come at these times. */
function waits(cameAtS: readonly number[], serviceS: number): number[] {
  const simulation = new Simulation();
  const queue = new ServiceQueue(simulation, serviceS);
  const waited: number[] = [];
  for (const atS of cameAtS) {
    simulation.after(atS, () => queue.ask(() => waited.push(simulation.now - atS - serviceS)));
  }
  simulation.run();
  return waited;
}

describe('a server with a line', () => {
  it('answers one after the other, in the order in which they came', () => {
    expect(waits([0, 0, 0, 16], 4)).toEqual([0, 4, 8, 0]);
  });

  it('lets requests that come at random wait as long as M/D/1 says', () => {
    const [rate, serviceS, count] = [1, 0.8, 200_000];
    const stream = new RandomStream(1, 'arrivals');
    let nowS = 0;
    const waited = waits(
      Array.from({ length: count }, () => (nowS += stream.exponential(1 / rate))),
      serviceS,
    );
    const batches = Array.from({ length: 50 }, (_, batch) =>
      mean(waited.slice((batch * count) / 50, ((batch + 1) * count) / 50)),
    );
    const spread = Math.sqrt(mean(batches.map((value) => (value - mean(batches)) ** 2)) / 49);
    expect(waitInLineS(rate, serviceS)).toBeCloseTo(1.6, 12);
    expect(Math.abs(mean(waited) - waitInLineS(rate, serviceS))).toBeLessThan(3 * spread);
  });

  it('has a line that grows for ever where more is asked than it can answer, and says so', () => {
    expect(() => waitInLineS(2, 0.5)).toThrow('a product below 1');
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('an admission', () => {
  /** Who is let in, in order, while machines 1 to 5 come and `leaving` go. */
  function letIn(most: number, leaving: readonly number[]): number[] {
    const admission = new Admission(most);
    const entered: number[] = [];
    for (let machine = 1; machine <= 5; machine++) admission.enter(machine, () => entered.push(machine));
    for (const machine of leaving) admission.leave(machine);
    return entered;
  }

  it('lets so many in at a time, and the next when one goes', () => {
    expect(letIn(2, [])).toEqual([1, 2]);
    expect(letIn(2, [2, 1])).toEqual([1, 2, 3, 4]);
    expect(letIn(Infinity, [])).toEqual([1, 2, 3, 4, 5]);
  });

  it('passes over who has left the line', () => {
    expect(letIn(1, [2, 1])).toEqual([1, 3]);
  });

  it('lets nobody in twice for one that was not inside', () => {
    expect(letIn(1, [4, 4, 9])).toEqual([1]);
  });
});
