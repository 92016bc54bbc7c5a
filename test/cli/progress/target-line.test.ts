import { describe, expect, it } from 'vitest';
import { ShareRate } from '../../../src/cli/progress/share-rate.ts';
import { eventLine, mostTelling, tally, targetLine } from '../../../src/cli/progress/target-line.ts';
import type { Target } from '../../../src/engine/index.ts';

function aTarget(changes: Partial<Target> = {}): Target {
  const fresh = { phase: null, share: null, failure: null, changed: '2026-11-26T21:00:00Z' };
  // What else a target has is not shown.
  return { deployment: 1, machine: '52:54:00:00:00:01', state: 'armed', ...fresh, ...changes } as Target;
}

describe('the line of a machine', () => {
  it('says phase, share, rate and time left where bytes are counted', () => {
    const target = aTarget({ state: 'deploying', phase: 'download', share: 0.42 });
    expect(targetLine(target, { perS: 0.02, rawBytes: 1e10 })).toBe('download 42 %, 200 MB/s, 29 s left');
    expect(targetLine(target, { perS: undefined, rawBytes: 1e10 })).toBe('download 42 %');
    expect(targetLine(target, { perS: 0.02, rawBytes: null })).toBe('download 42 %, 29 s left');
  });

  it('says why it failed, without what would steer the terminal', () => {
    const target = aTarget({ state: 'failed', failure: 'DISK_LOST:\u001b[2J gone' });
    expect(targetLine(target, { perS: undefined, rawBytes: 1 })).toBe('failed: DISK_LOST: [2J gone');
  });
});

describe('the line of an event', () => {
  it('says in plain words what became of the whole deployment', () => {
    const event = { id: 1, at: '2026-11-26T21:00:00Z', deployment: 3, machine: null, detail: '' };
    expect(eventLine({ ...event, kind: 'deploymentBegun' }, (machine) => machine)).toMatch(
      /^[\d:]+ deployment 3 begins: who has not come is not waited for$/,
    );
  });
});

describe('a rate', () => {
  it('is that of the last seconds in one phase', () => {
    const rate = new ShareRate();
    rate.add('scan', { atMs: 0, share: 0.9 });
    expect(rate.perS).toBeUndefined();
    rate.add('download', { atMs: 1_000, share: 0 });
    rate.add('download', { atMs: 3_000, share: 0.1 });
    expect(rate.perS).toBeCloseTo(0.05);
    rate.add('download', { atMs: 20_000, share: 0.1 });
    expect(rate.perS).toBeUndefined();
  });

  it('begins anew where a machine does', () => {
    const rate = new ShareRate();
    rate.add('download', { atMs: 0, share: 0.5 });
    rate.add('download', { atMs: 1_000, share: 0 });
    rate.add('download', { atMs: 2_000, share: 0.1 });
    expect(rate.perS).toBeCloseTo(0.1);
  });
});

describe('where there is not room for all', () => {
  const many = [
    aTarget({ machine: 'done', state: 'finished' }),
    aTarget({ machine: 'ahead', state: 'deploying', share: 0.9 }),
    aTarget({ machine: 'off' }),
    aTarget({ machine: 'behind', state: 'deploying', share: 0.1 }),
    aTarget({ machine: 'broken', state: 'failed' }),
  ];

  it('shows what went wrong, then the last of those at work', () => {
    expect(mostTelling(many, 3).map(({ machine }) => machine)).toEqual(['broken', 'behind', 'ahead']);
    expect(mostTelling(many, 5)).toBe(many);
  });

  it('counts them all', () => {
    expect(tally(many)).toBe('1 finished, 1 armed, 2 deploying, 1 failed');
  });
});
