import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../../../src/engine/swarm/torrent/bitfield.ts';
import { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmSettings } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import {
  ATorrent,
  addressesIn,
  aGeometry,
  BLOCK,
  BLOCKS,
  requestsTo,
  toldTo,
  whoIsTold,
} from './a-torrent.ts';

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

describe('interest', () => {
  it('is said when a neighbour has a piece that is wanted, and only once', () => {
    const torrent = new ATorrent();
    torrent.join(1);
    expect(toldTo(torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: 2 }), 1)).toEqual(['interested']);
    expect(torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: 2 })).toEqual([]);
    expect(torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: 3 })).toEqual([]);
  });

  it('is taken back when all that a neighbour has is asked of another', () => {
    const torrent = new ATorrent();
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [0, 1] });
    torrent.join(3, { has: [2, 3] });
    expect(toldTo(unchoke(torrent, 1), 2)).toEqual([]);
    torrent.join(4, { has: [0] });
    expect(toldTo(torrent.effects, 4)).toEqual(['haveNone']);
  });

  it('comes back when what was asked of another is free again', () => {
    const torrent = new ATorrent();
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [0] });
    torrent.join(3, { has: [1, 2, 3] });
    unchoke(torrent, 1);
    expect(toldTo(torrent.effects, 2).at(-1)).toBe('notInterested');
    expect(toldTo(torrent.tell({ kind: 'peerLeft', peer: 1 }), 2)).toEqual(['interested']);
  });

  it('lasts as long as a neighbour owes blocks', () => {
    const torrent = new ATorrent();
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [1, 2, 3] });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    for (const block of asked.slice(0, -1)) torrent.deliver(1, block);
    expect(toldTo(torrent.effects, 1)).not.toContain('notInterested');
    torrent.deliver(1, asked.at(-1)!);
    expect(toldTo(torrent.effects, 1).at(-1)).toBe('notInterested');
  });

  it('is in nobody once everything is there', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1) });
    torrent.deliverAsked(1, unchoke(torrent, 1));
    torrent.tell({ kind: 'pieceStored', piece: 0 });
    for (const peer of [1, 2]) expect(toldTo(torrent.effects, peer).at(-1)).toBe('notInterested');
    expect(torrent.effects.filter(({ kind }) => kind === 'finish')).toHaveLength(1);
    expect(whoIsTold(torrent.join(3, { has: 'everything' }), 'interested')).toEqual([]);
  });

  it('is taken back from who has only what others are sending, once something else is free', () => {
    const torrent = new ATorrent({ geometry: aGeometry(2) });
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [0] });
    torrent.join(3, { has: [1] });
    unchoke(torrent, 2);
    const [block] = requestsTo(unchoke(torrent, 3), 3);
    // Nothing was free any more: the first neighbour had become a source for the end game.
    expect(toldTo(torrent.effects, 1).at(-1)).toBe('interested');
    torrent.tell({ kind: 'choked', peer: 3 });
    torrent.tell({ kind: 'requestRejected', peer: 3, block: block! });
    expect(toldTo(torrent.effects, 1).at(-1)).toBe('notInterested');
  });

  it('is in no more neighbours than may send at a time', () => {
    const torrent = aLeecher(5, { sources: 2 });
    unchoke(torrent, 1);
    unchoke(torrent, 2);
    for (const peer of [3, 4, 5]) expect(toldTo(torrent.effects, peer).at(-1)).toBe('notInterested');
    const effects = torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(whoIsTold(effects, 'interested')).toEqual([3, 4, 5]);
  });
});

describe('asking', () => {
  it('asks for all blocks of one piece on an unchoke', () => {
    const torrent = aLeecher(1);
    const asked = requestsTo(unchoke(torrent, 1), 1).filter(
      ({ piece }, _, [first]) => piece === first!.piece,
    );
    expect(asked.map(({ begin }) => begin)).toEqual([0, 16, 32, 48]);
  });

  it('asks for the short end of the last piece', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1, 20) });
    expect(requestsTo(unchoke(torrent, 1), 1)).toEqual([
      { piece: 0, begin: 0, length: 16 },
      { piece: 0, begin: 16, length: 4 },
    ]);
  });

  it('asks nobody that chokes', () => {
    expect(requestsTo(aLeecher(1).effects, 1)).toEqual([]);
  });

  it('asks different neighbours for different pieces while there are others', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(8) });
    const first = askedPieces(unchoke(torrent, 1), 1);
    const second = askedPieces(unchoke(torrent, 2), 2);
    expect(first.filter((piece) => second.includes(piece))).toEqual([]);
  });

  it('asks for the rarest piece first', () => {
    const torrent = aLeecher(1);
    torrent.join(2, { has: [0, 1, 3] });
    expect(askedPieces(unchoke(torrent, 1), 1)[0]).toBe(2);
  });

  it('goes on before the line falls idle', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(8), askedBlocks: 2 * BLOCKS });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    const further = asked.slice(0, -1).flatMap((block) => requestsTo(torrent.deliver(1, block), 1));
    expect(further.length).toBeGreaterThan(0);
  });

  it('asks for no more blocks of one neighbour than it may', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(8), askedBlocks: 3 });
    expect(requestsTo(unchoke(torrent, 1), 1)).toHaveLength(3);
  });

  it('has no more pieces open than it may, and goes on when one is stored', () => {
    const torrent = aLeecher(3, { geometry: aGeometry(8), openPieces: 2 });
    for (const peer of [1, 2, 3]) unchoke(torrent, peer);
    const open = new Set([1, 2, 3].flatMap((peer) => askedPieces(torrent.effects, peer)));
    expect(open.size).toBe(2);
    const [piece] = open;
    const sender = [1, 2, 3].find((peer) => askedPieces(torrent.effects, peer).includes(piece!))!;
    for (const block of requestsTo(torrent.effects, sender)) torrent.deliver(sender, block);
    expect(requestsTo(torrent.tell({ kind: 'pieceStored', piece: piece! }), 1).length).toBeGreaterThanOrEqual(
      0,
    );
    const later = new Set([1, 2, 3].flatMap((peer) => askedPieces(torrent.effects, peer)));
    expect(later.size).toBeGreaterThan(2);
  });

  it('finishes with a good source however many others are silent after an unchoke', () => {
    const silent = 12;
    const torrent = aLeecher(0, { geometry: aGeometry(30), openPieces: 4, sources: 5, snubMs: 15_000 });
    for (let peer = 1; peer <= silent; peer++) torrent.join(peer, { has: 'everything' });
    const good = silent + 1;
    torrent.join(good, { has: 'everything' });
    for (let peer = 1; peer <= good; peer++) unchoke(torrent, peer);
    let seen = 0;
    for (let second = 0; second < 600 && torrent.state.heldPieces < 30; second++) {
      while (seen < torrent.effects.length) {
        const effect = torrent.effects[seen++]!;
        if (effect.kind === 'checkPiece') torrent.tell({ kind: 'pieceStored', piece: effect.piece });
        else torrent.deliverAsked(good, [effect]);
      }
      torrent.pass(1000);
    }
    expect(torrent.state.heldPieces).toBe(30);
  });
});

describe('many small pieces', () => {
  it('are asked for several at a time, or a source that takes its time for each answer stays idle', () => {
    const geometry = new Geometry(64 * BLOCK, BLOCK, BLOCK);
    const torrent = aLeecher(1, { geometry, openPieces: 64 });
    expect(requestsTo(unchoke(torrent, 1), 1).length).toBeGreaterThanOrEqual(4);
  });
});

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

describe('the end game', () => {
  it('begins only when nothing else is left to ask for', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(3) });
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
    expect([1, 2, 1].map((peer) => torrent.state.blockArrives(peer, block))).toEqual([true, false, true]);
  });

  it('takes the copy of another when the first goes in the middle of a block', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16) });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 0);
    torrent.state.blockArrives(1, block);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(torrent.deliver(2, block)).toContainEqual(expect.objectContaining({ kind: 'checkPiece' }));
  });

  it('is not held up by a neighbour that stops in the middle of a block', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16), snubMs: 15_000 });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    torrent.state.blockArrives(1, torrent.geometry.blockAt(0, 0));
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

  it('does not write to a block any more when another does', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1, 16), snubMs: 15_000 });
    for (const peer of [1, 2]) unchoke(torrent, peer);
    const block = torrent.geometry.blockAt(0, 0);
    torrent.state.blockArrives(1, block);
    torrent.pass(14_000);
    torrent.tell({ kind: 'unchoked', peer: 2 });
    torrent.pass(1_000);
    const isWrittenByTwo =
      torrent.state.blockArrives(2, block) && !whoIsTold(torrent.effects, 'dropPeer').includes(1);
    expect(isWrittenByTwo).toBe(false);
  });

  it('is asked again when it sends again', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(4), askedBlocks: 4, snubMs: 15_000 });
    const [late] = requestsTo(unchoke(torrent, 1), 1);
    torrent.pass(15_000);
    expect(requestsTo(torrent.deliver(1, late!), 1).length).toBeGreaterThan(0);
  });
});

describe('blocks', () => {
  it('have a place only where they were asked of their sender', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(8) });
    const [asked] = requestsTo(unchoke(torrent, 1), 1);
    expect(torrent.state.blockArrives(1, asked!)).toBe(true);
    expect(torrent.state.blockArrives(2, asked!)).toBe(false);
    expect(torrent.state.blockArrives(3, asked!)).toBe(false);
    expect(torrent.state.blockArrives(1, { ...asked!, length: asked!.length - 1 })).toBe(false);
    expect(torrent.state.blockArrives(1, { ...asked!, begin: asked!.begin + 1 })).toBe(false);
    expect(torrent.state.blockArrives(1, { ...asked!, piece: 0xffff_ffff })).toBe(false);
  });

  it('are checked when the last of a piece is there, with the names of their senders', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1) });
    const effects = torrent.deliverAsked(1, unchoke(torrent, 1));
    expect(effects.filter(({ kind }) => kind === 'checkPiece')).toEqual([
      { kind: 'checkPiece', piece: 0, senders: [1, 1, 1, 1] },
    ]);
  });

  it('of a piece with a wrong hash are all fetched again', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(1) });
    torrent.deliverAsked(1, unchoke(torrent, 1));
    torrent.tell({ kind: 'pieceRefuted', piece: 0 });
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    const effects = torrent.deliverAsked(2, unchoke(torrent, 2));
    expect(effects).toContainEqual({ kind: 'checkPiece', piece: 0, senders: [2, 2, 2, 2] });
  });
});

describe('what a neighbour has', () => {
  it('is told by a bitfield, the first piece in the highest bit', () => {
    expect([...piecesOf(Uint8Array.of(0b1010_0000, 0b0000_0001))].sort((a, b) => a - b)).toEqual([0, 2, 15]);
  });

  it.each([0, 1, 3])('drops it where its bitfield has %i bytes instead of 2', (length) => {
    const torrent = new ATorrent({ geometry: aGeometry(12) });
    torrent.join(1);
    const bits = new Uint8Array(length);
    expect(toldTo(torrent.tell({ kind: 'bitfieldReceived', peer: 1, bits }), 1)).toEqual(['dropPeer']);
  });

  it('drops it where its bitfield or its have names a piece that does not exist', () => {
    const torrent = new ATorrent({ geometry: aGeometry(12) });
    torrent.join(1);
    torrent.join(2);
    const bits = Uint8Array.of(0, 0b0000_1000);
    expect(whoIsTold(torrent.tell({ kind: 'bitfieldReceived', peer: 1, bits }), 'dropPeer')).toEqual([1]);
    expect(whoIsTold(torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece: 12 }), 'dropPeer')).toEqual([2]);
  });
});

describe('a piece that is stored', () => {
  it('is told to those who lack it', () => {
    const torrent = aLeecher(1, { geometry: aGeometry(1) });
    torrent.join(2);
    torrent.deliverAsked(1, unchoke(torrent, 1));
    expect(whoIsTold(torrent.tell({ kind: 'pieceStored', piece: 0 }), 'have')).toEqual([2]);
  });
});

function isSame(a: { piece: number; begin: number }, b: { piece: number; begin: number }): boolean {
  return a.piece === b.piece && a.begin === b.begin;
}
