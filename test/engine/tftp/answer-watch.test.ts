import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AnswerWatch } from '../../../src/engine/tftp/answer-watch.ts';

/** Rounds of the event loop that a watch keeps awake, with what happens in each. */
async function roundsUntilAsleep(inRound: (round: number) => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let rounds = 0;
  const count = () => {
    rounds++;
    inRound(rounds);
    if (process.getActiveResourcesInfo().filter((name) => name === 'Immediate').length > 0)
      setImmediate(count);
    else resolve(rounds);
  };
  setImmediate(count);
  return promise;
}

describe('a watch for answers', () => {
  it('keeps the event loop awake until the time that it was told, and no longer', async () => {
    // A round takes a millisecond, however long this process waits for a processor.
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const watch = new AnswerWatch();
    const untilMs = performance.now() + 5;
    watch.lookUntil(untilMs);

    const rounds = await roundsUntilAsleep(() => vi.advanceTimersByTime(1));

    expect(performance.now()).toBeGreaterThanOrEqual(untilMs);
    expect(rounds).toBeGreaterThanOrEqual(5);
    expect(rounds).toBeLessThanOrEqual(7);
  });

  it('sleeps at once where the time is over', async () => {
    new AnswerWatch().lookUntil(performance.now() - 1);

    expect(await roundsUntilAsleep(() => {})).toBeLessThanOrEqual(2);
  });

  it('looks again when it is told of a later answer', async () => {
    const watch = new AnswerWatch();
    watch.lookUntil(performance.now());
    const untilMs = performance.now() + 5;

    await roundsUntilAsleep((round) => {
      if (round === 1) watch.lookUntil(untilMs);
    });

    expect(performance.now()).toBeGreaterThanOrEqual(untilMs);
  });

  it('lets what else happens happen', async () => {
    const watch = new AnswerWatch();
    watch.lookUntil(performance.now() + 1000);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);

    for (let round = 0; round < 1_000_000 && !fired; round++) await new Promise(setImmediate);

    expect(fired).toBe(true);
  });
});
