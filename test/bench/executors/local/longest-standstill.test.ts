import { describe, expect, it } from 'vitest';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { longestStandstillMs } from '../../../../src/bench/executors/local/longest-standstill.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario } from './a-lab.ts';

function standstillOf(transport: 'p2p' | 'multicast', changes: Record<string, unknown>): number {
  const scenario = aLabScenario({ transports: { p2p: {}, multicast: {} }, ...changes });
  return longestStandstillMs(labPlanOf(aRun({ source: 'netns', transport, machines: 3, scenario })));
}

describe('the longest time for which a scenario lets all stand still', () => {
  it.each([
    ['nothing goes wrong', [], 0],
    ['a server is killed', [{ stop: 'server', at: '4 s', for: '2 min' }], 120_000],
    ['the cable of the server is out', [{ cut: 'server', at: '4 s', for: '90 s' }], 90_000],
    [
      'cables of machines are out, one after the other',
      [
        { cut: 1, at: '4 s', for: '10 s' },
        { cut: 1, at: '20 s', for: '30 s' },
      ],
      30_000,
    ],
    [
      'the tracker is gone for good, and a link is slow',
      [
        { stop: 'tracker', at: '1 s' },
        { slow: 1, to: '1 MB/s' },
      ],
      0,
    ],
  ])('where %s', (_, faults, expectedMs) => {
    expect(standstillOf('p2p', { faults })).toBe(expectedMs);
  });

  it('is for a multicast how long it waits for a machine that is silent', () => {
    expect(standstillOf('multicast', {})).toBe(11_000);
    expect(standstillOf('multicast', { transports: { multicast: { dropAfter: '191 s' } } })).toBe(191_000);
  });
});
