import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerWeight } from '../../../../src/engine/swarm/policy/site-owner.ts';

const anySalt = fc.nat(0xffff_ffff);
const anyPiece = fc.nat(2 ** 24);
const anySite = fc.uniqueArray(anySalt, { minLength: 1, maxLength: 20 });

/** Members whose weight for a piece nobody else has or passes. */
function ownersOf(piece: number, members: readonly number[]): number[] {
  const most = Math.max(...members.map((salt) => ownerWeight(salt, piece)));
  return members.filter((salt) => ownerWeight(salt, piece) === most);
}

describe('the owner of a piece at a site', () => {
  it('is exactly one, whoever asks', () => {
    fc.assert(
      fc.property(anySite, anyPiece, (members, piece) => {
        const owners = ownersOf(piece, members);
        expect(owners).toHaveLength(1);
        expect(ownersOf(piece, members.toReversed())).toEqual(owners);
      }),
    );
  });

  it('is a number that all computers agree on', () => {
    fc.assert(
      fc.property(anySalt, anyPiece, (salt, piece) => {
        const weight = ownerWeight(salt, piece);
        expect(Number.isInteger(weight)).toBe(true);
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThan(2 ** 32);
      }),
    );
  });

  it('is everybody about as often, also of members and pieces that are neighbours', () => {
    fc.assert(
      fc.property(anySalt, fc.integer({ min: 2, max: 10 }), anyPiece, (first, count, from) => {
        const members = Array.from({ length: count }, (_, member) => (first + member) % 2 ** 32);
        const owned = new Map(members.map((salt) => [salt, 0]));
        for (let piece = from; piece < from + 200 * count; piece++) {
          const [owner] = ownersOf(piece, members);
          owned.set(owner!, owned.get(owner!)! + 1);
        }
        // Of 200 each: six standard deviations of chance, which a member is beyond once in 500 million.
        for (const pieces of owned.values()) expect(Math.abs(pieces - 200)).toBeLessThan(6 * Math.sqrt(200));
      }),
    );
  });
});
