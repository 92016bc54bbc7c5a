import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ownLoad, ThreadLoad } from '../../src/engine/thread-load.ts';

/** A thread that works for a share of the time that passes. */
function aThread() {
  let [nowMs, usedMs] = [0, 0];
  const load = new ThreadLoad({ nowMs: () => nowMs, usedMs: () => usedMs });
  return {
    load,
    works(ms: number, share: number): boolean {
      nowMs += ms;
      usedMs += ms * share;
      return load.isHigh;
    },
  };
}

describe('the load of a thread', () => {
  it('is high when it worked for most of the time lately', () => {
    const { works } = aThread();
    expect(works(100, 0.5)).toBe(false);
    expect(works(100, 0.7)).toBe(true);
  });

  it('stays high until little is left to do: then others have taken it, and would have to give it back', () => {
    const { works } = aThread();
    expect([0.9, 0.4, 0.3, 0.2, 0.4, 0.5].map((share) => works(100, share))).toEqual([
      ...[true, true, true, false, false, false],
    ]);
  });

  it('is looked at ten times a second, however often somebody asks', () => {
    const { works } = aThread();
    expect(works(99, 1)).toBe(false);
    expect(works(1, 1)).toBe(true);
    expect(works(99, 0)).toBe(true);
    expect(works(1, 0)).toBe(false);
  });

  it('knows of this thread, unless there is no processor for another', async () => {
    const untilMs = performance.now() + 10_000;
    while (!ownLoad.isHigh && performance.now() < untilMs);
    expect(ownLoad.isHigh).toBe(availableParallelism() > 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ownLoad.isHigh).toBe(false);
  });
});
