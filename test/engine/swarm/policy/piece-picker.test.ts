import { array, assert, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PieceChoice, pickRarest } from '../../../../src/engine/swarm/policy/piece-picker.ts';
import { PieceSet } from '../../../../src/engine/swarm/policy/piece-set.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

const PIECES = 70;

function setOf(pieces: Iterable<number>): PieceSet {
  const set = new PieceSet(PIECES);
  for (const piece of pieces) set.add(piece);
  return set;
}

/** A receiver that wants all that is offered; every piece is equally rare unless said. */
function aChoice(wishes: {
  offered: Iterable<number>;
  held?: Iterable<number>;
  claimed?: Iterable<number>;
  copies?: readonly (readonly [piece: number, copies: number])[];
  salt?: number;
}): PieceChoice {
  const availability = new Uint16Array(PIECES).fill(5);
  for (const [piece, copies] of wishes.copies ?? []) availability[piece] = copies;
  return {
    offered: setOf(wishes.offered),
    held: setOf(wishes.held ?? []),
    claimed: setOf(wishes.claimed ?? []),
    availability,
    salt: wishes.salt ?? 0,
  };
}

const salts = nat(0x7fff_fffe);
const sets = array(nat(PIECES - 1), { maxLength: PIECES });
const choices = record({
  offered: sets,
  held: sets,
  claimed: sets,
  copies: array(
    record({ piece: nat(PIECES - 1), copies: nat(3) }).map(({ piece, copies }) => [piece, copies] as const),
  ),
  salt: salts,
}).map(aChoice);

/** What the receiver may pick. */
function wantedOf({ offered, held, claimed }: PieceChoice): number[] {
  return [...offered].filter((piece) => !held.has(piece) && !claimed.has(piece));
}

describe('rarest first', () => {
  it('picks the piece that the fewest neighbours have', () => {
    const copies = [
      [3, 2],
      [40, 1],
      [69, 2],
    ] as const;
    expect(pickRarest(aChoice({ offered: [3, 40, 69], copies }))).toBe(40);
  });

  it('never leaves a rarer wanted piece', () => {
    assert(
      property(choices, (choice) => {
        const wanted = wantedOf(choice);
        if (wanted.length === 0) return;
        const fewest = Math.min(...wanted.map((piece) => choice.availability[piece]!));
        expect(choice.availability[pickRarest(choice)]).toBe(fewest);
      }),
    );
  });

  it('passes over a rarer piece that is held or claimed', () => {
    const copies = [
      [1, 0],
      [2, 1],
      [3, 2],
    ] as const;
    expect(pickRarest(aChoice({ offered: [1, 2, 3], held: [1], claimed: [2], copies }))).toBe(3);
  });
});

describe('rarest first between equals', () => {
  it('decides by the salt', () => {
    const stream = new RandomStream(1, 'swarm');
    const offered = [3, 17, 40, 41, 69];
    const picked = Array.from({ length: 200 }, () =>
      pickRarest(aChoice({ offered, salt: stream.below(0x7fff_ffff) })),
    );
    expect(new Set(picked)).toEqual(new Set(offered));
  });

  it('picks the same piece for the same choice and salt, one that is wanted, or none', () => {
    assert(
      property(choices, (choice) => {
        const wanted = wantedOf(choice);
        expect(wanted.length === 0 ? [-1] : wanted).toContain(pickRarest(choice));
        expect(pickRarest(choice)).toBe(pickRarest(choice));
      }),
    );
  });
});
