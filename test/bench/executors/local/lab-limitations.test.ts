import { describe, expect, it } from 'vitest';
import { labLimitations } from '../../../../src/bench/executors/local/lab-limitations.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario } from './a-lab.ts';

const STOP = { stop: 'server', at: '3 s', for: '2 s' };

/** What is said of a transport in a run with this fault, and not in one without. */
function saidOf(transport: Transport, fault: object, settings: object = {}): string[] {
  const limitationsOf = (faults: readonly object[]) => {
    const scenario = aLabScenario({ transports: { [transport]: settings }, faults });
    const plan = labPlanOf(aRun({ source: 'netns', scenario, transport, machines: 2 }));
    const ready = { ports: { http: 1, tracker: 2, tftp: 3 }, wireBytes: plan.wireBytes, versions: {} };
    return labLimitations(plan, { goldenNote: 'a sample disk' }, ready);
  };
  const without = limitationsOf([]);
  return limitationsOf([fault]).filter((sentence) => !without.includes(sentence));
}

describe('the limitations of a lab in which the server is killed', () => {
  it.each(['aria2', 'libtorrent'] as const)('say when others ask a tracker again: %s', (transport) => {
    const [sentence, ...others] = saidOf(transport, STOP);
    expect(sentence).toContain(`a seeder of ${transport}`);
    expect(sentence).toContain('every 600 s');
    expect(others).toEqual([]);
  });

  it('say that the stream of Clonezilla would not break off by its own NFS', () => {
    expect(saidOf('clonezilla-unicast', STOP).join()).toContain('nfs(5)');
    expect(saidOf('clonezilla-unicast', STOP, { over: 'nfs' })).toEqual([]);
  });

  it('say nothing of what nobody misses', () => {
    expect(saidOf('p2p', STOP)).toEqual([]);
    expect(saidOf('aria2', { stop: 'tracker', at: '3 s' })).toEqual([]);
  });
});
