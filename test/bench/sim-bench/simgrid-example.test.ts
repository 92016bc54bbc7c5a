import { describe, expect, it } from 'vitest';
import { measureSimGrid } from '../../../src/bench/sim-bench/simgrid/example-process.ts';
import { simGridModel } from '../../../src/bench/sim-bench/simgrid/simgrid-workload.ts';
import { simulateMessages } from '../../../src/sim/index.ts';
import { skipOrFail } from '../executors/local/installed-tool.ts';

const LEECHERS = 60;

describe('SimGrid’s example, fetched and built', () => {
  it('has as many handshakes, bitfields and pieces as our swarm, within a fifth', async (context) => {
    const cost = await measureSimGrid(LEECHERS, () => {}, new AbortController().signal);
    if ('missing' in cost) return skipOrFail(context, `needs ${cost.missing.join('; ')}`);
    const { messages } = simulateMessages(simGridModel(LEECHERS), 1);
    for (const kind of ['handshake', 'bitfield', 'piece'] as const) {
      expect(cost.messages[kind]! / messages[kind]).toBeGreaterThan(0.8);
      expect(cost.messages[kind]! / messages[kind]).toBeLessThan(1.2);
    }
    expect(cost.cpuS).toBeGreaterThan(0);
    expect(cost.peakRssMB).toBeGreaterThan(0);
  });
});
