import { describe, expect, it } from 'vitest';
import { processorCost } from '../../../src/bench/probe/processor-cost.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aMachine, aRecord } from '../a-record.ts';

/** A run of so many machines that used so much each, and the server so much for each of them. */
function aRun(wireBytes: number, cpuS: number, { machines = 4, serverS = 0.25 } = {}): RunRecord {
  const fleet = Array.from({ length: machines }, () => aMachine({ cpuS }));
  return aRecord({ source: 'netns', wireBytes, fleet, serverCpuS: serverS * machines });
}

describe('the processor time of a transport', () => {
  it('is a part for each machine and one for each byte, those of the server among them', () => {
    const runs = { large: [aRun(2e6, 2.25)], small: [aRun(1e6, 1.5, { serverS: 0 })] };
    expect(processorCost(runs)).toEqual({ cpuPerMachine: 0.5, cpuPerByte: 1e-6 });
  });

  it('is that of the medians', () => {
    const large = [2.25, 9, 2.25].map((cpuS) => aRun(2e6, cpuS));
    const small = [1.25, 1.25, 0].map((cpuS) => aRun(1e6, cpuS));
    expect(processorCost({ large, small })).toEqual({ cpuPerMachine: 0.5, cpuPerByte: 1e-6 });
  });

  it('is that of the runs with the most machines', () => {
    const alone = { machines: 1 };
    const large = [aRun(2e6, 2.25), aRun(2e6, 7, alone), aRun(2e6, 8, alone)];
    const small = [aRun(1e6, 1.25), aRun(1e6, 0, alone), aRun(1e6, 0, alone)];
    expect(processorCost({ large, small })).toEqual({ cpuPerMachine: 0.5, cpuPerByte: 1e-6 });
  });

  it('is next to nothing for a byte where the smaller image took no less', () => {
    const { cpuPerByte, cpuPerMachine } = processorCost({ large: [aRun(2e6, 1)], small: [aRun(1e6, 1)] })!;
    expect(cpuPerByte).toBe(1e-12);
    expect(cpuPerMachine).toBeCloseTo(1.25, 5);
  });

  it('is never below nothing for a machine', () => {
    const { cpuPerMachine } = processorCost({ large: [aRun(2e6, 9)], small: [aRun(1e6, 1)] })!;
    expect(cpuPerMachine).toBe(0);
  });

  it('is not known from one image', () => {
    expect(processorCost({ large: [aRun(2e6, 1)], small: [] })).toBeUndefined();
  });
});
