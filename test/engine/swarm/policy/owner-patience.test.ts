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
