import { describe, expect, it } from 'vitest';
import { LEAST_MEMORY, memoryFor } from '../../../src/engine/agent/agent-memory.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe('memory of an agent', () => {
  it.each([0, GIB / 2, GIB])('is the least on a machine with %i bytes', (machineBytes) => {
    expect(memoryFor(machineBytes)).toEqual(LEAST_MEMORY);
  });

  it('grows with that of the machine, where that saves work', () => {
    expect(memoryFor(5 * GIB)).toEqual({
      ...LEAST_MEMORY,
      fragmentBytes: (8 + 128) * MIB,
      pieceCacheBytes: (16 + 256) * MIB,
      growthPercent: 100,
    });
  });

  it('is never more than an eighth of what a machine has beyond 1 GiB, and has an end', () => {
    for (const machineBytes of [1.5 * GIB, 2 * GIB, 8 * GIB, 1024 * GIB]) {
      const { fragmentBytes, pieceCacheBytes } = memoryFor(machineBytes);
      const grownBytes = fragmentBytes + pieceCacheBytes - 24 * MIB;
      expect(grownBytes).toBeLessThanOrEqual((machineBytes - GIB) / 8);
      expect(grownBytes).toBeLessThanOrEqual(768 * MIB);
    }
  });
});
