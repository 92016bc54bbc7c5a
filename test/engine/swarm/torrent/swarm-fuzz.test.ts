import { array, assert, boolean, constantFrom, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { aGeometry, BLOCK, someSettings } from './a-torrent.ts';
import { type Deed, FuzzedTorrent } from './fuzzed-torrent.ts';

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
];

const deeds = array(record({ deed: constantFrom(...DEEDS), who: nat(5), what: nat(11), which: nat(7) }), {
  minLength: 1,
  maxLength: 150,
});
const settings = record({
  pieces: nat(5).map((more) => more + 1),
  lastBytes: nat(4 * BLOCK - 1).map((more) => more + 1),
  isSeed: boolean(),
  deals: boolean(),
  slots: nat(3),
  sources: nat(3).map((more) => more + 1),
  openPieces: nat(3).map((more) => more + 1),
  askedBlocks: nat(7).map((more) => more + 1),
  unsentBytes: constantFrom(1, BLOCK, 3 * BLOCK, 1000 * BLOCK),
});

describe('the state of a torrent', () => {
  it('keeps its promises whatever happens in whatever order', { timeout: FUZZ_TIMEOUT_MS }, () => {
    assert(
      property(settings, deeds, ({ pieces, lastBytes, deals, ...wishes }, steps) => {
        const geometry = aGeometry(pieces, lastBytes);
        const dealer = wishes.isSeed && deals ? new PieceDealer(pieces) : undefined;
        const torrent = new FuzzedTorrent(someSettings({ geometry, dealer, ...wishes }));
        for (const step of steps) {
          torrent.do(step);
          expect(torrent.broken()).toEqual([]);
        }
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
