import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { chunkBytesFor, LinkRate } from '../../src/engine/link-rate.ts';

describe('a link of limited rate', () => {
  it('never carries faster than its rate, also not in the beginning', async () => {
    const link = new LinkRate(1_000_000);
    const startMs = performance.now();
    let carried = 0;
    for (let chunk = 0; chunk < 40; chunk++) {
      await link.carry(5_000);
      carried += 5_000;
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(carried / 1_000);
    }
  });

  it('has saved up nothing before it is used', async () => {
    const link = new LinkRate(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const startMs = performance.now();
    await link.carry(10_000);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(10);
  });

  it('has saved up next to nothing after a pause', async () => {
    const link = new LinkRate(1_000_000);
    await link.carry(1_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startMs = performance.now();
    for (let chunk = 0; chunk < 10; chunk++) await link.carry(10_000);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(80);
  });

  it('makes up for a process that comes late where more follows at once, and for no second that is idle', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    onTestFinished(() => {
      vi.useRealTimers();
      clock.mockRestore();
    });
    const link = new LinkRate(1_000_000);
    /** Loads of 10 ms, one after the other, that are carried without any time. */
    const carriedAtOnce = async (): Promise<number> => {
      for (let loads = 0; ; loads++) {
        const load = link.carry(10_000).then(() => true);
        if (!(await Promise.race([load, setImmediate(false)]))) return loads;
      }
    };
    link.carry(10_000);
    nowMs = 110;
    vi.runOnlyPendingTimers();
    expect(await carriedAtOnce()).toBe(10);
    nowMs = 60_000;
    vi.runOnlyPendingTimers();
    expect(await carriedAtOnce()).toBe(100);
    nowMs = 60_010;
    vi.runOnlyPendingTimers();
    nowMs = 60_500;
    expect(await carriedAtOnce()).toBe(2);
  });

  it('serves streams in turn', async () => {
    const link = new LinkRate(1_000_000);
    const served: string[] = [];
    async function stream(name: string) {
      for (let chunk = 0; chunk < 5; chunk++) {
        await link.carry(4_000);
        served.push(name);
      }
    }
    await Promise.all([stream('a'), stream('b'), stream('c')]);
    expect(served).toEqual(Array.from({ length: 5 }, () => ['a', 'b', 'c']).flat());
  });

  it.each([
    ['raised', 1e9],
    ['lifted', Number.POSITIVE_INFINITY],
  ])('that is %s holds up nobody who asked before', async (_, rateBps) => {
    const link = new LinkRate(1_000);
    const carried = [30_000, 40_000, 50_000].map((bytes) => link.carry(bytes));
    // Two minutes are to come.
    link.rateBps = rateBps;
    await Promise.all(carried);
  });

  it('that is lowered holds for who asked before', async () => {
    const link = new LinkRate(1_000_000);
    const startMs = performance.now();
    const carried = link.carry(20_000);
    link.rateBps = 100_000;
    await carried;
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(150);
  });

  it('without a limit carries anything', async () => {
    await expect(new LinkRate(Number.POSITIVE_INFINITY).carry(Number.MAX_SAFE_INTEGER)).resolves.toBe(
      undefined,
    );
  });

  it('is best used in whole chunks of some bytes, whatever its rate', () => {
    const rate = fc.oneof(fc.double({ min: 1, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(rate, (rateBps) => {
        const bytes = chunkBytesFor(rateBps);
        expect(Number.isInteger(bytes)).toBe(true);
        expect(bytes).toBeGreaterThanOrEqual(1_024);
        expect(bytes).toBeLessThanOrEqual(262_144);
      }),
    );
  });
});
