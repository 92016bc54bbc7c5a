import { describe, expect, it } from 'vitest';
import { SuperSeeder } from '../../../../src/engine/swarm/policy/super-seeder.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { ATorrent, aGeometry, havesTo, PIECE, toldTo } from './a-torrent.ts';

/** A seed of so many pieces that reveals them one by one, with some neighbours numbered from 1. */
function aSuperSeed(pieces: number, neighbours: number): ATorrent {
  const superSeeder = new SuperSeeder(pieces, new RandomStream(1, 'swarm'));
  const torrent = new ATorrent({ isSeed: true, geometry: aGeometry(pieces), superSeeder, patienceMs: 500 });
  for (let peer = 1; peer <= neighbours; peer++) torrent.join(peer, { isInterested: true });
  return torrent;
}

/** A super-seeder's policy that counts what it is told. */
class CountingSuperSeeder extends SuperSeeder {
  told = 0;

  override announced(receiver: number, piece: number): void {
    this.told++;
    super.announced(receiver, piece);
  }
}

/** A neighbour takes all of the piece that was revealed to it last. @returns the piece */
function take(torrent: ATorrent, peer: number): number {
  const piece = havesTo(torrent.effects, peer).at(-1)!;
  torrent.request(peer, piece);
  torrent.tell({ kind: 'blockSent', peer, bytes: PIECE });
  return piece;
}

describe('a seeder that super-seeds', () => {
  it('says at first that it has nothing, and reveals one piece, to each another', () => {
    const torrent = aSuperSeed(8, 3);
    expect(toldTo(torrent.effects, 1)).toEqual(['haveNone', 'have', 'unchoke']);
    expect(new Set([1, 2, 3].flatMap((peer) => havesTo(torrent.effects, peer))).size).toBe(3);
  });

  it('serves nothing that it has not revealed', () => {
    const torrent = aSuperSeed(8, 2);
    const [ofTheOther] = havesTo(torrent.effects, 2);
    expect(toldTo(torrent.request(1, ofTheOther!, 1), 1)).toEqual(['reject']);
  });

  it('reveals the next piece when the last was seen elsewhere, and not before', () => {
    const torrent = aSuperSeed(8, 2);
    const piece = take(torrent, 1);
    expect(havesTo(torrent.effects, 1)).toEqual([piece]);
    torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece });
    expect(havesTo(torrent.effects, 1)).toHaveLength(2);
  });

  it('takes the word of the receiver itself for no proof', () => {
    const torrent = aSuperSeed(8, 2);
    const piece = take(torrent, 1);
    torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece });
    expect(havesTo(torrent.effects, 1)).toEqual([piece]);
  });

  it('reveals the next without proof where nobody fetches anything for a while', () => {
    const torrent = aSuperSeed(2, 1);
    const first = take(torrent, 1);
    torrent.pass(500);
    expect(havesTo(torrent.effects, 1).toSorted()).toEqual([0, 1]);
    expect(take(torrent, 1)).toBe(1 - first);
    torrent.pass(500);
    expect(havesTo(torrent.effects, 1)).toHaveLength(2);
  });

  it('reveals to another what was lost with its only receiver', () => {
    const torrent = aSuperSeed(1, 1);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(havesTo(torrent.join(2), 2)).toEqual([0]);
  });

  it('counts what a neighbour says that it has once, however often it says so', () => {
    const superSeeder = new CountingSuperSeeder(4, new RandomStream(1, 'swarm'));
    const torrent = new ATorrent({ isSeed: true, superSeeder });
    torrent.join(1);
    for (const piece of [2, 2, 2]) torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece });
    expect(superSeeder.told).toBe(1);
    for (let time = 0; time < 3; time++) torrent.tell({ kind: 'everythingAnnounced', peer: 1 });
    torrent.tell({ kind: 'bitfieldReceived', peer: 1, bits: Uint8Array.of(0b1111_0000) });
    expect(superSeeder.told).toBe(4);
  });
});
