import { describe, expect, it } from 'vitest';
import {
  cancelled,
  type Deployment,
  hasStarted,
  isArmed,
  isOver,
  isSwarmNeeded,
  retried,
  TARGET_STATES,
  type Target,
  type TargetState,
} from '../../../src/engine/deployment/deployment.ts';

function targetsIn(...states: TargetState[]): Target[] {
  return states.map((state, number) => ({
    ...{ deployment: 1, machine: `m${number}`, state, phase: null, share: null, failure: null, report: null },
    changed: '2026-01-01T00:00:00.000Z',
  }));
}

const HEARD_MS = Date.parse('2026-01-01T00:00:00.000Z');

function aDeployment(start: Deployment['start']): Deployment {
  const created = '2026-01-01T00:00:00.000Z';
  return { id: 1, image: 'lab', version: 1, agentToken: 'secret', start, disk: 'only', steps: null, created };
}

describe('a machine of a deployment', () => {
  it('is cancelled until it has the image, and later where nobody has heard of it for ten minutes', () => {
    const [heardMs, lostMs] = [HEARD_MS + 599_999, HEARD_MS + 600_000];
    const statesAt = (nowMs: number) =>
      targetsIn('armed', 'deploying', 'verified', 'finished').map((target) => cancelled(target, nowMs).state);
    expect(statesAt(heardMs)).toEqual(['cancelled', 'cancelled', 'verified', 'finished']);
    expect(statesAt(lostMs)).toEqual(['cancelled', 'cancelled', 'cancelled', 'finished']);
  });

  it('boots the agent until it is finished, failed or cancelled, or has the image and was not heard for ten minutes', () => {
    const armedAt = (nowMs: number) => TARGET_STATES.filter((state) => isArmed(targetsIn(state)[0]!, nowMs));
    expect(armedAt(HEARD_MS + 599_999)).toEqual(['armed', 'deploying', 'verified']);
    expect(armedAt(HEARD_MS + 600_000)).toEqual(['armed', 'deploying']);
    // By a clock that was set back, or has lost its battery.
    expect(armedAt(HEARD_MS - 3_600_000)).toEqual(['armed', 'deploying']);
  });

  it('is tried again when it failed, was cancelled or was not heard since it had the image', () => {
    const statesAt = (nowMs: number) =>
      targetsIn('failed', 'cancelled', 'verified', 'finished').map((target) => retried(target, nowMs).state);
    expect(statesAt(HEARD_MS)).toEqual(['armed', 'armed', 'verified', 'finished']);
    expect(statesAt(HEARD_MS + 600_000)).toEqual(['armed', 'armed', 'armed', 'finished']);
  });

  it('is needed by the swarm while another has not got the image', () => {
    expect(isSwarmNeeded(targetsIn('verified', 'deploying'), HEARD_MS)).toBe(true);
    expect(isSwarmNeeded(targetsIn('verified', 'armed'), HEARD_MS)).toBe(true);
    expect(isSwarmNeeded(targetsIn('verified', 'failed', 'cancelled', 'finished'), HEARD_MS)).toBe(false);
  });

  it('does not wait for one that was not heard for ten minutes', () => {
    expect(isSwarmNeeded(targetsIn('verified', 'deploying'), HEARD_MS + 599_999)).toBe(true);
    expect(isSwarmNeeded(targetsIn('verified', 'deploying', 'armed'), HEARD_MS + 600_000)).toBe(false);
  });
});

describe('a deployment', () => {
  const barrier = (nowMs: number, ...waiting: string[]) => ({ nowMs, waiting: new Set(waiting) });

  it('starts when enough machines are ready to be written to, or further', () => {
    const deployment = aDeployment({ waitFor: 2, at: null });
    expect(hasStarted(deployment, targetsIn('deploying', 'deploying'), barrier(HEARD_MS, 'm0'))).toBe(false);
    expect(hasStarted(deployment, targetsIn('deploying', 'deploying'), barrier(HEARD_MS, 'm0', 'm1'))).toBe(
      true,
    );
    expect(
      hasStarted(deployment, targetsIn('deploying', 'armed', 'cancelled'), barrier(HEARD_MS, 'm0')),
    ).toBe(false);
    expect(hasStarted(deployment, targetsIn('deploying', 'verified', 'armed'), barrier(HEARD_MS, 'm0'))).toBe(
      true,
    );
  });

  it('has started once a machine downloads, also for a server that was started again', () => {
    const targets = targetsIn('deploying', 'deploying').map((target) => ({ ...target, phase: 'download' }));
    expect(hasStarted(aDeployment({ waitFor: 2, at: null }), targets, barrier(HEARD_MS))).toBe(true);
  });

  it('does not keep those waiting that are tried again when others have the image, and one is not there any more', () => {
    const deployment = aDeployment({ waitFor: 3, at: null });
    expect(
      hasStarted(deployment, targetsIn('deploying', 'finished', 'cancelled'), barrier(HEARD_MS, 'm0')),
    ).toBe(true);
    const [again, lost, gone] = targetsIn('deploying', 'failed', 'cancelled') as [Target, Target, Target];
    const whileDownloading = [again, { ...lost, phase: 'download' }, gone];
    expect(hasStarted(deployment, whileDownloading, barrier(HEARD_MS, 'm0'))).toBe(true);
    expect(hasStarted(deployment, [again, { ...lost, phase: 'scan' }, gone], barrier(HEARD_MS, 'm0'))).toBe(
      false,
    );
  });

  it('does not count who has waited and was not heard for ten minutes', () => {
    const deployment = aDeployment({ waitFor: 2, at: null });
    const ready = targetsIn('deploying', 'deploying');
    const at = (nowMs: number) => hasStarted(deployment, ready, barrier(nowMs, 'm0', 'm1'));
    expect([at(HEARD_MS + 599_999), at(HEARD_MS + 600_000)]).toEqual([true, false]);
  });

  it('starts not before its time', () => {
    const deployment = aDeployment({ waitFor: 1, at: '2026-01-01T22:00:00Z' });
    const ready = targetsIn('deploying').map((target) => ({ ...target, changed: '2026-01-01T21:59:58Z' }));
    const at = (time: string) => hasStarted(deployment, ready, barrier(Date.parse(time), 'm0'));
    expect(at('2026-01-01T21:59:59Z')).toBe(false);
    expect(at('2026-01-01T22:00:00Z')).toBe(true);
  });

  it('is over when nobody is left who boots the agent', () => {
    expect(isOver(targetsIn('finished', 'failed', 'cancelled'), HEARD_MS)).toBe(true);
    expect(isOver(targetsIn('finished', 'verified'), HEARD_MS + 599_999)).toBe(false);
    expect(isOver(targetsIn('finished', 'verified'), HEARD_MS + 600_000)).toBe(true);
  });
});
