import {
  type Arbitrary,
  assert,
  boolean,
  constantFrom,
  nat,
  property,
  record,
  uint32Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClassicChoker } from '../../../../src/engine/swarm/policy/classic-choker.ts';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { SuperSeeder } from '../../../../src/engine/swarm/policy/super-seeder.ts';
import { EVERYTHING_HELD } from '../../../../src/engine/swarm/torrent/held-blocks.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { aGeometry, BLOCK, BLOCKS, someSettings } from './a-torrent.ts';
import type { Deed, Step } from './fuzz-step.ts';
import { FuzzedTorrent } from './fuzzed-torrent.ts';

const DEEDS: Deed[] = [
  'join',
  'leave',
  'choke',
  'unchoke',
  'becomeInterested',
  'loseInterest',
  'have',
  'bitfield',
  'haveAll',
  'request',
  'requestNonsense',
  'cancel',
  'blockBegins',
  'blockEnds',
  'blockUnasked',
  'reject',
  'rejectNonsense',
  'blockLeaves',
  'store',
  'refute',
  'pass',
  'pause',
  'resume',
  'blockSpoils',
];

/** Steps as whole numbers: they are made, and made smaller, far faster than records. */
const steps = uint32Array({ minLength: 1, maxLength: 200, size: 'max' });

function stepOf(number: number): Step {
  const deed = DEEDS[number % DEEDS.length]!;
  const rest = Math.floor(number / DEEDS.length);
  return { deed, who: rest % 4, what: (rest >> 2) % 12, which: (rest >> 6) % 8 };
}

const settings = record({
  pieces: nat(5).map((more) => more + 1),
  lastBytes: nat(4 * BLOCK - 1).map((more) => more + 1),
  isSeed: boolean(),
  /** Blocks that the store has: bit by bit, over and over. */
  heldBits: constantFrom(0, 0, 0b1, 0b1111_0000, 0b1011_0110),
  seeder: constantFrom('dealing', 'superseed', 'plain'),
  isClassic: boolean(),
  slots: nat(3),
  sources: nat(3).map((more) => more + 1),
  openPieces: nat(3).map((more) => more + 1),
  askedBlocks: nat(7).map((more) => more + 1),
  unsentBytes: constantFrom(1, BLOCK, 3 * BLOCK, 1000 * BLOCK),
});

function fuzz(
  {
    pieces,
    lastBytes,
    seeder,
    isClassic,
    heldBits,
    ...wishes
  }: typeof settings extends Arbitrary<infer Wishes> ? Wishes : never,
  numbers: Uint32Array,
): void {
  const geometry = aGeometry(pieces, lastBytes);
  const chance = new RandomStream(1, 'swarm');
  const policies = {
    dealer: wishes.isSeed && seeder === 'dealing' ? new PieceDealer(pieces) : undefined,
    superSeeder: wishes.isSeed && seeder === 'superseed' ? new SuperSeeder(pieces, chance) : undefined,
    choker: isClassic && wishes.slots > 0 ? new ClassicChoker(wishes.slots, chance) : undefined,
  };
  const held = wishes.isSeed
    ? EVERYTHING_HELD
    : {
        hasBlock: (piece: number, block: number) => ((heldBits >> ((piece * BLOCKS + block) % 8)) & 1) === 1,
      };
  const endless = { snubMs: Number.POSITIVE_INFINITY, refusedMs: Number.POSITIVE_INFINITY };
  const torrent = new FuzzedTorrent(
    someSettings({ ...wishes, ...endless, geometry, held, chance, ...policies }),
  );
  for (const who of [0, 1, 2]) torrent.do({ deed: 'join', who, what: 0, which: who });
  const done: Step[] = [];
  for (const number of numbers) {
    const step = stepOf(number);
    done.push(step);
    torrent.do(step);
    const broken = torrent.broken();
    if (broken.length > 0) expect.fail(`${broken.join(', ')} after ${JSON.stringify(done)}`);
  }
}

/** What broke a promise once. */
const FOUND_BEFORE: [Parameters<typeof fuzz>[0], Uint32Array][] = [
  [
    {
      pieces: 2,
      lastBytes: 1,
      isSeed: false,
      heldBits: 0,
      seeder: 'plain',
      isClassic: false,
      slots: 0,
      sources: 1,
      openPieces: 2,
      askedBlocks: 3,
      unsentBytes: 1,
    },
    Uint32Array.of(25854, 23622, 36579, 22035, 30968, 30555, 16609, 18590, 11293, 0),
  ],
  [
    {
      pieces: 6,
      lastBytes: 1,
      isSeed: false,
      heldBits: 0,
      seeder: 'plain',
      isClassic: false,
      slots: 0,
      sources: 1,
      openPieces: 2,
      askedBlocks: 5,
      unsentBytes: 1,
    },
    Uint32Array.of(4230, 12006, 26403, 35496, 656, 23403, 7201, 0, 12294, 0),
  ],
  [
    {
      pieces: 2,
      lastBytes: 1,
      isSeed: false,
      heldBits: 0,
      seeder: 'dealing',
      isClassic: false,
      slots: 0,
      sources: 4,
      openPieces: 2,
      askedBlocks: 4,
      unsentBytes: 1,
    },
    Uint32Array.of(24027, 1686, 31878, 2979, 32499, 5310, 9615, 31644, 14941, 0),
  ],
  [
    {
      pieces: 5,
      lastBytes: 1,
      isSeed: true,
      heldBits: 0,
      seeder: 'dealing',
      isClassic: true,
      slots: 2,
      sources: 1,
      openPieces: 1,
      askedBlocks: 1,
      unsentBytes: 1,
    },
    Uint32Array.of(4002163137, 3704569608, 778317513, 4244943356),
  ],
  [
    {
      pieces: 3,
      lastBytes: 1,
      isSeed: false,
      heldBits: 0b1111_0000,
      seeder: 'dealing',
      isClassic: false,
      slots: 0,
      sources: 2,
      openPieces: 2,
      askedBlocks: 4,
      unsentBytes: 1,
    },
    Uint32Array.of(
      3526807232,
      1447416918,
      1641243414,
      2259526779,
      4083118035,
      2728695135,
      3882640356,
      3208357700,
      2586296869,
      0,
    ),
  ],
];

describe('the state of a torrent', () => {
  it('keeps its promises whatever happens in whatever order', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(property(settings, steps, fuzz), { ...UNTIL_TIME_IS_UP, examples: FOUND_BEFORE });
  });
});
