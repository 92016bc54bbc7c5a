import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlannedRun } from '../../../src/bench/executors/executor.ts';
import type { Assignment } from '../../../src/bench/index.ts';
import { TimeLeft } from '../../../src/cli/progress/time-left.ts';
import { aRun } from '../../bench/executors/a-run.ts';

const anAssignment = (run: Partial<PlannedRun>) =>
  ({ run: aRun({ source: 'netns', ...run }) }) as unknown as Assignment;

function spend(timeLeft: TimeLeft, seconds: number, run: Partial<PlannedRun>): void {
  timeLeft.start();
  vi.advanceTimersByTime(seconds * 1000);
  timeLeft.end(anAssignment(run));
}

describe('the time that runs still take', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is not known before one of them is over, nor where all are on virtual time', () => {
    const timeLeft = new TimeLeft();
    expect(timeLeft.estimateS([anAssignment({})])).toBeNull();
    spend(timeLeft, 1, { source: 'sim' });
    expect(timeLeft.estimateS([anAssignment({})])).toBeNull();
    spend(timeLeft, 30, {});
    expect(timeLeft.estimateS([anAssignment({ source: 'sim' })])).toBeNull();
  });

  it('is what runs of the same cell took, and those of others in proportion', () => {
    const timeLeft = new TimeLeft();
    spend(timeLeft, 30, { machines: 1 });
    expect(timeLeft.estimateS([anAssignment({ machines: 20, transport: 'unicast' })])).toBeCloseTo(
      (30 / 1.05) * 20,
    );
    spend(timeLeft, 400, { machines: 20, transport: 'unicast' });
    spend(timeLeft, 440, { machines: 20, transport: 'unicast', randomSeed: 2 });
    const rest = [{ machines: 1 }, { machines: 20, transport: 'unicast', randomSeed: 3 }] as const;
    expect(timeLeft.estimateS(rest.map(anAssignment))).toBeCloseTo(30 + 420);
  });
});
