import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OwnerPatience } from '../../../../src/engine/swarm/policy/owner-patience.ts';

describe('the patience with an owner of pieces at another site', () => {
  it('is none for one that has brought nothing: it may have no way to get there', () => {
    expect(new OwnerPatience(0).isAtWork(1)).toBe(false);
  });

  it('lasts for three times as long as it ever took, and for five seconds at least', () => {
    const owner = new OwnerPatience(1_000);
    owner.brought(2_000);
    expect(owner.isAtWork(6_999)).toBe(true);
    expect(owner.isAtWork(7_000)).toBe(false);
    owner.brought(10_000);
    owner.brought(11_000);
    expect(owner.isAtWork(11_000 + 23_999)).toBe(true);
    expect(owner.isAtWork(11_000 + 24_000)).toBe(false);
  });
});

describe('the patience with an owner, whenever it brought something', () => {
  const anyPauses = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 30 });

  /** An owner that brought a piece after each of these pauses. */
  function anOwner(pauses: readonly number[]): { owner: OwnerPatience; lastMs: number } {
    let lastMs = 0;
    const owner = new OwnerPatience(0);
    for (const pause of pauses) {
      lastMs += pause;
      owner.brought(lastMs);
    }
    return { owner, lastMs };
  }

  /** How long it is waited for after its last piece, in whole milliseconds. */
  function waitedFor(pauses: readonly number[]): number {
    const { owner, lastMs } = anOwner(pauses);
    let [least, most] = [0, 1e7];
    while (most - least > 1) {
      const middle = Math.floor((least + most) / 2);
      if (owner.isAtWork(lastMs + middle)) least = middle;
      else most = middle;
    }
    return most;
  }

  it('lasts through any pause that it has made before, for five seconds at least, and has an end', () => {
    fc.assert(
      fc.property(anyPauses, fc.nat(), (pauses, place) => {
        const { owner, lastMs } = anOwner(pauses);
        const again = Math.max(4_999, pauses[place % pauses.length]!);
        expect(owner.isAtWork(lastMs + again)).toBe(true);
        expect(owner.isAtWork(lastMs + Math.max(5_000, 3 * Math.max(...pauses)))).toBe(false);
      }),
    );
  });

  it('never shrinks with what an owner brings', () => {
    fc.assert(
      fc.property(anyPauses, fc.integer({ min: 1, max: 100_000 }), (pauses, pause) => {
        expect(waitedFor([...pauses, pause])).toBeGreaterThanOrEqual(waitedFor(pauses));
      }),
    );
  });

  it('does not come back by itself', () => {
    fc.assert(
      fc.property(anyPauses, fc.nat(1_000_000), fc.nat(1_000_000), (pauses, ms, more) => {
        const { owner, lastMs } = anOwner(pauses);
        if (!owner.isAtWork(lastMs + ms)) expect(owner.isAtWork(lastMs + ms + more)).toBe(false);
      }),
    );
  });
});
