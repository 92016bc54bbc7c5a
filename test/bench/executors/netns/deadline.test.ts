import { describe, expect, it } from 'vitest';
import { deadlineMsOf } from '../../../../src/bench/executors/netns/deadline.ts';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aRun, aScenario } from '../a-run.ts';

/** Four machines, to each of which an image of 64 MiB takes 8 s over its link. */
const deadlineS = (changes: Record<string, unknown> = {}, transport: Transport = 'p2p') =>
  deadlineMsOf(aRun({ source: 'netns', transport, scenario: aScenario(changes) })) / 1000;

describe('the time after which a run is given up', () => {
  it('is eight times what the transfer takes at least', () => {
    expect(deadlineS()).toBeCloseTo(8 * 8);
    expect(deadlineS({}, 'unicast')).toBeCloseTo(8 * 4 * 8);
  });

  it('begins when the last machine has come', () => {
    expect(deadlineS({ fleet: { machines: [4], start: { staggered: '100 s' } } })).toBeCloseTo(300 + 64);
    expect(deadlineS({ faults: [{ join: 1, at: '200 s' }] })).toBeCloseTo(200 + 64);
  });

  it('begins when the last outage is over', () => {
    expect(deadlineS({ faults: [{ slow: 1, to: '1 MiB/s', at: '4 s', for: '10 s' }] })).toBeCloseTo(14 + 64);
  });

  it('knows of links that become slow and stay so', () => {
    expect(deadlineS({ faults: [{ slow: 1, to: '1 MiB/s', at: '4 s' }] })).toBeCloseTo(4 + 8 * 64);
  });

  it('knows of the rate of a sender to all', () => {
    const transports = { multicast: { rate: '1 MiB/s' } };
    expect(deadlineS({ transports }, 'multicast')).toBeCloseTo(8 * 64);
  });
});
