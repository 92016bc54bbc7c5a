import { array, assert, constantFrom, nat, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isInterested,
  type PieceChoice,
  pickRandom,
  pickRarest,
} from '../../../../src/engine/swarm/policy/piece-picker.ts';
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
const pickers = constantFrom(pickRarest, pickRandom);

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

describe.each([
  ['rarest first', pickRarest],
  ['random piece', pickRandom],
])('%s', (_name, pick) => {
  it.each([
    [[0, 1]],
    [[0, 1, 2]],
    [[3, 17, 40, 41, 69]],
    [[0, 32, 64]],
    [[10, 11, 12, 13, 14, 15, 16, 17, 18, 19]],
  ])('breaks ties between %j by the salt, not by index', (offered) => {
    const draws = 2000 * offered.length;
    const stream = new RandomStream(1, 'swarm');
    const counts = new Map(offered.map((piece) => [piece, 0]));
    for (let draw = 0; draw < draws; draw++) {
      const picked = pick(aChoice({ offered, salt: stream.below(0x7fff_ffff) }));
      counts.set(picked, counts.get(picked)! + 1);
    }
    // Each piece is drawn with chance p; five standard deviations of the share.
    const p = 1 / offered.length;
    const sigma = Math.sqrt((p * (1 - p)) / draws);
    for (const count of counts.values()) expect(Math.abs(count / draws - p)).toBeLessThan(5 * sigma);
  });

  it('picks the same piece for the same choice and salt', () => {
    assert(
      property(choices, (choice) => {
        expect(pick(choice)).toBe(pick(choice));
      }),
    );
  });

  it('picks nothing where nothing is wanted', () => {
    expect(pick(aChoice({ offered: [1, 40], held: [1], claimed: [40] }))).toBe(-1);
    expect(pick(aChoice({ offered: [] }))).toBe(-1);
  });
});

describe('every picker', () => {
  it('never picks a piece that the uploader lacks or the receiver holds or has claimed', () => {
    assert(
      property(choices, pickers, (choice, pick) => {
        const wanted = wantedOf(choice);
        expect(wanted.length === 0 ? [-1] : wanted).toContain(pick(choice));
      }),
    );
  });

  it('picks something if and only if the receiver is interested', () => {
    assert(
      property(choices, pickers, (choice, pick) => {
        expect(isInterested(choice)).toBe(pick(choice) !== -1);
      }),
    );
  });

  it('can come to any piece of those equally rare', () => {
    const some = uniqueArray(nat(PIECES - 1), { minLength: 1, maxLength: 5 });
    assert(
      property(some, pickers, nat(), (offered, pick, randomSeed) => {
        const stream = new RandomStream(randomSeed, 'swarm');
        const picked = Array.from({ length: 200 }, () =>
          pick(aChoice({ offered, salt: stream.below(2 ** 31 - 1) })),
        );
        expect(new Set(picked)).toEqual(new Set(offered));
      }),
      { numRuns: 50 },
    );
  });
});
