import { describe, expect, it } from 'vitest';
import { ThreadLoad } from '../../src/engine/thread-load.ts';

/** A thread that works for a share of the time that passes. @returns whether it is busy then */
function aThread() {
  let [nowMs, usedMs] = [0, 0];
  const load = new ThreadLoad({ nowMs: () => nowMs, usedMs: () => usedMs });
  return (ms: number, share: number): boolean => {
    nowMs += ms;
    usedMs += ms * share;
    return load.isHigh;
  };
}

describe('the load of a thread', () => {
  it('is high when it worked for most of the time lately', () => {
    const works = aThread();
    expect([0.4, 0.6, 0.5, 1].map((share) => works(100, share))).toEqual([false, true, false, true]);
  });

  it('is looked at ten times a second, however often somebody asks', () => {
    const works = aThread();
    expect(works(100, 0)).toBe(false);
    expect(works(99, 1)).toBe(false);
    expect(works(1, 1)).toBe(true);
    expect(works(99, 0)).toBe(true);
    expect(works(1, 0)).toBe(false);
  });

  it('is high until it is known', () => {
    expect(aThread()(99, 0)).toBe(true);
  });

  it('knows of this thread', async () => {
    const load = new ThreadLoad();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(load.isHigh).toBe(false);
    const untilMs = performance.now() + 10_000;
    while (!load.isHigh && performance.now() < untilMs);
    expect(load.isHigh).toBe(true);
  });
});
