import { describe, expect, it } from 'vitest';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmSettings } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import type { BlockAddress } from '../../../../src/engine/swarm/wire/message.ts';
import { ATorrent, addressesIn, aGeometry, BLOCKS, requestsTo, toldTo, whoIsTold } from './a-torrent.ts';

/** A leecher with sources, numbered from 1, that have everything. */
function aLeecher(sources: number, wishes: Partial<SwarmSettings> = {}): ATorrent {
  const torrent = new ATorrent(wishes);
  for (let peer = 1; peer <= sources; peer++) torrent.join(peer, { has: 'everything' });
  return torrent;
}

function unchoke(torrent: ATorrent, peer: number): SwarmEffect[] {
  return torrent.tell({ kind: 'unchoked', peer });
}

/** Different pieces in the requests to a peer. */
function askedPieces(effects: readonly SwarmEffect[], peer: number): number[] {
  return [...new Set(requestsTo(effects, peer).map(({ piece }) => piece))];
}

describe('a choke', () => {
  it('without the fast extension frees all that was asked for', () => {
    const torrent = new ATorrent({ geometry: aGeometry(1) });
    torrent.join(1, { hasFast: false, has: [0] });
    torrent.join(2, { has: [0] });
    unchoke(torrent, 1);
    torrent.tell({ kind: 'choked', peer: 1 });
    expect(requestsTo(unchoke(torrent, 2), 2)).toHaveLength(BLOCKS);
  });

  it('with the fast extension frees what is rejected, block by block (BEP 6)', () => {
    const torrent = new ATorrent({ geometry: aGeometry(2) });
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [0, 1] });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    torrent.tell({ kind: 'choked', peer: 1 });
    unchoke(torrent, 2);
    for (const block of requestsTo(torrent.effects, 2).filter(({ piece }) => piece === 1))
      torrent.deliver(2, block);
    const ofTheFirst = () => requestsTo(torrent.effects, 2).filter(({ piece }) => piece === 0);
    torrent.tell({ kind: 'requestRejected', peer: 1, block: asked[1]! });
    expect(ofTheFirst()).toContainEqual(asked[1]);
  });

  it('with the fast extension still lets blocks in that were on their way', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1) });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    torrent.tell({ kind: 'choked', peer: 1 });
    const effects = asked.flatMap((block) => torrent.deliver(1, block));
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'checkPiece', piece: 0 }));
  });

  it('is not answered by requests', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(2) });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    torrent.tell({ kind: 'choked', peer: 1 });
    const effects = asked.flatMap((block) => torrent.tell({ kind: 'requestRejected', peer: 1, block }));
    expect(requestsTo(effects, 1)).toEqual([]);
  });
});

describe('a rejected block of a neighbour that lets us ask', () => {
  it('has its piece asked of others, and of this one again after some time', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1), askedBlocks: 2, loneBlocks: 2, refusedMs: 30_000 });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    const effects = asked.flatMap((block) => torrent.tell({ kind: 'requestRejected', peer: 1, block }));
    expect(requestsTo(effects, 1)).toEqual([]);
    expect(toldTo(effects, 1)).toEqual(['notInterested']);
    // Who tells its name anew has no more than before.
    expect(torrent.tell({ kind: 'peerIntroduced', peer: 1, site: 'a', isDealer: false, salt: 0 })).toEqual(
      [],
    );
    expect(requestsTo(torrent.pass(29_999), 1)).toEqual([]);
    const again = torrent.pass(1);
    expect(toldTo(again, 1)).toContain('interested');
    expect(requestsTo(again, 1)).toHaveLength(2);
    expect(requestsTo(unchoke(torrent, 2), 2)).toHaveLength(2);
  });

  it('leaves all others of its pieces to be asked for', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(2), askedBlocks: 1, loneBlocks: 1 });
    const [block, ...others] = requestsTo(unchoke(torrent, 1), 1);
    let effects = torrent.tell({ kind: 'requestRejected', peer: 1, block: block! });
    effects = [...effects, ...others.flatMap((other) => torrent.deliver(1, other))];
    expect(askedPieces(effects, 1)).toEqual([1 - block!.piece]);
  });
});

describe('a request that was cancelled', () => {
  /** A leecher that paused and resumed before its only source could answer. */
  function aLeecherThatResumed() {
    const torrent = new ATorrent({ geometry: aGeometry(1) });
    torrent.join(1, { has: 'everything' });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    torrent.tell({ kind: 'paused' });
    expect(requestsTo(torrent.tell({ kind: 'resumed' }), 1)).toEqual(asked);
    return { torrent, asked };
  }

  it('is answered by the reject that follows, and not the one made since for the same block', () => {
    const { torrent, asked } = aLeecherThatResumed();
    const answer = (block: BlockAddress) => torrent.tell({ kind: 'requestRejected', peer: 1, block });
    expect(asked.flatMap(answer)).toEqual([]);
    expect(asked.flatMap((block) => torrent.deliver(1, block))).toContainEqual(
      expect.objectContaining({ kind: 'checkPiece' }),
    );
  });

  it('is answered once: a second reject is for the one made since', () => {
    const { torrent, asked } = aLeecherThatResumed();
    for (const block of [...asked, ...asked]) torrent.tell({ kind: 'requestRejected', peer: 1, block });
    torrent.join(2, { has: 'everything' });
    expect(requestsTo(unchoke(torrent, 2), 2)).toEqual(asked);
  });
});

describe('the end game', () => {
  it('begins only when nothing else is left to ask for', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(3), askedBlocks: 2 * BLOCKS });
    unchoke(torrent, 1);
    unchoke(torrent, 2);
    const asked = torrent.effects.flatMap((effect) =>
      [1, 2].flatMap((peer) => requestsTo([effect], peer).map(({ piece, begin }) => `${piece} ${begin}`)),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('asks for at most two extra copies of a block', () => {
    const torrent = aLeecher(6, { geometry: aGeometry(1) });
    for (let peer = 1; peer <= 6; peer++) unchoke(torrent, peer);
    const copies = [1, 2, 3, 4, 5, 6].flatMap((peer) => requestsTo(torrent.effects, peer));
    for (let block = 0; block < BLOCKS; block++) {
      const address = torrent.geometry.blockAt(0, block);
      expect(copies.filter((copy) => isSame(copy, address))).toHaveLength(3);
    }
  });

  it('cancels the other copies when one has come', () => {
    const torrent = aLeecher(3, { geometry: aGeometry(1) });
    for (const peer of [1, 2, 3]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 2);
    const effects = torrent.deliver(2, block);
    expect([1, 2, 3].map((peer) => addressesIn(effects, peer, 'cancel'))).toEqual([[block], [], [block]]);
  });

  it('gives a place to one copy of a block only', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1) });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 0);
    expect([1, 2, 1].map((peer) => torrent.state.blockArrives(peer, block, torrent.nowMs))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('takes the copy of another when the first goes in the middle of a block', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16) });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 0);
    torrent.state.blockArrives(1, block, torrent.nowMs);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(torrent.deliver(2, block)).toContainEqual(expect.objectContaining({ kind: 'checkPiece' }));
  });

  it('is not held up by a neighbour that stops in the middle of a block', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16), snubMs: 15_000 });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    torrent.state.blockArrives(1, torrent.geometry.blockAt(0, 0), torrent.nowMs);
    for (let second = 0; second < 60; second++) {
      const asked = requestsTo(torrent.effects, 2).at(-1);
      if (asked) torrent.deliver(2, asked);
      torrent.pass(1000);
    }
    expect(torrent.effects).toContainEqual(expect.objectContaining({ kind: 'checkPiece' }));
    // Two copies of one block, one of them thrown away: not one a second.
    expect(requestsTo(torrent.effects, 2).length).toBeLessThanOrEqual(3);
  });
});

describe('a neighbour that sends nothing for too long', () => {
  it('loses what it was asked for to others', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1), snubMs: 15_000 });
    unchoke(torrent, 1);
    torrent.pass(15_000);
    torrent.join(2, { has: 'everything' });
    expect(requestsTo(unchoke(torrent, 2), 2)).toHaveLength(BLOCKS);
  });

  it('is told that none of it need come, and is heard all the same when it sends again', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1), snubMs: 15_000 });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    expect(addressesIn(torrent.pass(14_999), 1, 'cancel')).toEqual([]);
    expect(addressesIn(torrent.pass(1), 1, 'cancel')).toEqual(asked);
    const [first, ...others] = asked;
    const again = requestsTo(torrent.deliver(1, first!), 1);
    for (const block of others) torrent.tell({ kind: 'requestRejected', peer: 1, block });
    expect(again.flatMap((block) => torrent.deliver(1, block))).toContainEqual(
      expect.objectContaining({ kind: 'checkPiece' }),
    );
  });

  it('does not write to a block any more when another does', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16), snubMs: 15_000 });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 0);
    torrent.state.blockArrives(1, block, torrent.nowMs);
    torrent.pass(14_000);
    torrent.tell({ kind: 'unchoked', peer: 2 });
    torrent.pass(1_000);
    const isWrittenByTwo =
      torrent.state.blockArrives(2, block, torrent.nowMs) &&
      !whoIsTold(torrent.effects, 'dropPeer').includes(1);
    expect(isWrittenByTwo).toBe(false);
  });

  it('cannot put that off by sending what it was not asked for', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(4), askedBlocks: 4, snubMs: 15_000 });
    const asked = new Set(requestsTo(unchoke(torrent, 1), 1).map(({ piece }) => piece));
    const piece = [0, 1, 2, 3].find((one) => !asked.has(one))!;
    torrent.pass(10_000);
    torrent.deliver(1, torrent.geometry.blockAt(piece, 0));
    torrent.pass(5_000);
    torrent.join(2, { has: 'everything' });
    expect(askedPieces(unchoke(torrent, 2), 2)).toContain([...asked][0]);
  });

  it('is asked again when it sends again', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(4), askedBlocks: 4, snubMs: 15_000 });
    const [late] = requestsTo(unchoke(torrent, 1), 1);
    torrent.pass(15_000);
    expect(requestsTo(torrent.deliver(1, late!), 1).length).toBeGreaterThan(0);
  });

  it('begins another piece in the place of one whose only source has gone', () => {
    const torrent = new ATorrent({ openPieces: 1 });
    torrent.join(1, { has: [0] });
    torrent.tell({ kind: 'unchoked', peer: 1 });
    torrent.deliver(1, torrent.geometry.blockAt(0, 0));
    torrent.join(2, { has: [1] });
    torrent.tell({ kind: 'unchoked', peer: 2 });
    expect(addressesIn(torrent.effects, 2, 'request')).toEqual([]);
    const effects = torrent.tell({ kind: 'peerLeft', peer: 1 });
    effects.push(...torrent.tell({ kind: 'unchoked', peer: 2 }));
    expect(effects).toContainEqual({ kind: 'abandonPiece', piece: 0 });
    expect(addressesIn(effects, 2, 'request').map(({ piece }) => piece)).toContain(1);
  });
});

function isSame(a: { piece: number; begin: number }, b: { piece: number; begin: number }): boolean {
  return a.piece === b.piece && a.begin === b.begin;
}
