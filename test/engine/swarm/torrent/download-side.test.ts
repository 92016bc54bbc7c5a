import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../../../src/engine/swarm/torrent/bitfield.ts';
import { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import type { SwarmEffect } from '../../../../src/engine/swarm/torrent/swarm-effect.ts';
import type { SwarmSettings } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import { ATorrent, aGeometry, BLOCK, BLOCKS, requestsTo, toldTo, whoIsTold } from './a-torrent.ts';

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
    torrent.pass(999);
    expect(toldTo(torrent.effects, 1)).not.toContain('notInterested');
    torrent.pass(1);
    expect(toldTo(torrent.effects, 1).at(-1)).toBe('notInterested');
  });

  it('ends at once in who has given everything and lets us ask no more', () => {
    const torrent = new ATorrent();
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [1, 2, 3] });
    torrent.deliverAsked(1, unchoke(torrent, 1));
    expect(toldTo(torrent.tell({ kind: 'choked', peer: 1 }), 1)).toEqual(['notInterested']);
  });

  it('keeps the place of a source that has given everything, for a moment', () => {
    const torrent = new ATorrent({ sources: 1 });
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [1, 2, 3] });
    torrent.deliverAsked(1, unchoke(torrent, 1));
    expect(requestsTo(unchoke(torrent, 2), 2)).toEqual([]);
    expect(requestsTo(torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: 1 }), 1)).not.toEqual([]);
    torrent.deliverAsked(1, torrent.effects);
    expect(requestsTo(torrent.pass(999), 2)).toEqual([]);
    expect(requestsTo(torrent.pass(1), 2)).not.toEqual([]);
  });

  it('gives the place of a source that has gone to another', () => {
    const torrent = new ATorrent({ sources: 1 });
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [1, 2, 3] });
    torrent.deliverAsked(1, unchoke(torrent, 1));
    unchoke(torrent, 2);
    expect(requestsTo(torrent.tell({ kind: 'peerLeft', peer: 1 }), 2)).not.toEqual([]);
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

  it('is in nobody else while as many send as may', () => {
    const torrent = aLeecher(6, { geometry: aGeometry(40), openPieces: 40, sources: 2 });
    unchoke(torrent, 1);
    for (const peer of [3, 4, 5, 6]) expect(toldTo(torrent.effects, peer).at(-1)).toBe('interested');
    unchoke(torrent, 2);
    for (const peer of [3, 4, 5, 6]) expect(toldTo(torrent.effects, peer).at(-1)).toBe('notInterested');
    const effects = torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(whoIsTold(effects, 'interested')).toEqual([3, 4, 5, 6]);
  });

  it('does not come of an unchoke for which there is no room: nothing is asked', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(40), sources: 1 });
    unchoke(torrent, 1);
    expect(unchoke(torrent, 2)).toEqual([]);
    expect(toldTo(torrent.effects, 2)).toEqual(['haveNone', 'interested', 'notInterested']);
  });

  it('is always in a seeder that deals, which takes no room from others', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(40), openPieces: 40, askedBlocks: BLOCKS, sources: 1 });
    torrent.join(3, { has: [7], isDealer: true });
    expect(requestsTo(unchoke(torrent, 3), 3).length).toBeGreaterThan(0);
    expect(requestsTo(unchoke(torrent, 1), 1).length).toBeGreaterThan(0);
    torrent.tell({ kind: 'pieceAnnounced', peer: 3, piece: 8 });
    expect(requestsTo(torrent.deliverAsked(3, torrent.effects), 3)[0]).toMatchObject({ piece: 8 });
    expect(unchoke(torrent, 2)).toEqual([]);
  });

  it.each([
    [40, ['interested']],
    [5, []],
  ])(
    'with %i of 40 pieces missing says to a seeder that has dealt, beside all other sources: %o',
    (missing, said) => {
      const held = { hasBlock: (piece: number) => piece >= missing };
      const torrent = aLeecher(1, { geometry: aGeometry(40), sources: 1, askedBlocks: BLOCKS, held });
      unchoke(torrent, 1);
      const effects = torrent.join(3, { has: 'everything', isDealer: true });
      expect(toldTo(effects, 3).filter((kind) => kind === 'interested')).toEqual(said);
    },
  );

  it('says so to a seeder that has dealt when others have what is missing and have given nothing for a second', () => {
    const held = { hasBlock: (piece: number) => piece >= 5 };
    const torrent = aLeecher(1, { geometry: aGeometry(40), held, askedBlocks: BLOCKS });
    const asked = unchoke(torrent, 1);
    torrent.pass(100);
    torrent.join(3, { has: 'everything', isDealer: true });
    torrent.tell({ kind: 'choked', peer: 1 });
    for (const { piece, begin, length } of requestsTo(asked, 1))
      torrent.tell({ kind: 'requestRejected', peer: 1, block: { piece, begin, length } });
    expect(toldTo(torrent.pass(900), 3)).toEqual([]);
    expect(toldTo(torrent.pass(100), 3)).toEqual(['interested']);
  });

  it('needs no second unchoke where there is room in the end', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(40), sources: 1 });
    unchoke(torrent, 1);
    unchoke(torrent, 2);
    const effects = torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(requestsTo(effects, 2).length).toBeGreaterThan(0);
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
    const torrent = aLeecher(2, { geometry: aGeometry(8), askedBlocks: BLOCKS });
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

  it('begins what a seeder deals though others send as many pieces as may be open, and two of them at most', () => {
    const torrent = new ATorrent({ geometry: aGeometry(12), openPieces: 4 });
    for (const peer of [1, 2, 3, 4]) {
      torrent.join(peer, { has: [peer] });
      unchoke(torrent, peer);
    }
    torrent.join(5, { isDealer: true, has: [7, 8, 9] });
    expect(askedPieces(unchoke(torrent, 5), 5)).toHaveLength(2);
    torrent.join(6, { has: [10] });
    expect(requestsTo(unchoke(torrent, 6), 6)).toEqual([]);
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

describe('the end game', () => {
  it('goes on to the next late piece where all that is missing of the first is coming in', () => {
    const torrent = new ATorrent({ geometry: aGeometry(2) });
    torrent.join(1, { has: [0] });
    torrent.join(2, { has: [1] });
    torrent.join(3, { has: 'everything' });
    const asked = requestsTo(unchoke(torrent, 1), 1);
    for (const block of asked.slice(0, -1)) torrent.deliver(1, block);
    torrent.state.blockArrives(1, asked.at(-1)!, torrent.nowMs);
    unchoke(torrent, 2);
    expect(requestsTo(unchoke(torrent, 3), 3)).toEqual(requestsTo(torrent.effects, 2));
  });
});

describe('many small pieces', () => {
  it('are asked for several at a time, or a source that takes its time for each answer stays idle', () => {
    const geometry = new Geometry(64 * BLOCK, BLOCK, BLOCK);
    const torrent = aLeecher(1, { geometry, openPieces: 64 });
    expect(requestsTo(unchoke(torrent, 1), 1).length).toBeGreaterThanOrEqual(4);
  });
});

describe('blocks', () => {
  it('have a place only where they were asked of their sender', () => {
    const torrent = aLeecher(2, { geometry: aGeometry(8) });
    const [asked] = requestsTo(unchoke(torrent, 1), 1);
    expect(torrent.state.blockArrives(1, asked!, torrent.nowMs)).toBe(true);
    expect(torrent.state.blockArrives(2, asked!, torrent.nowMs)).toBe(false);
    expect(torrent.state.blockArrives(3, asked!, torrent.nowMs)).toBe(false);
    expect(torrent.state.blockArrives(1, { ...asked!, length: asked!.length - 1 }, torrent.nowMs)).toBe(
      false,
    );
    expect(torrent.state.blockArrives(1, { ...asked!, begin: asked!.begin + 1 }, torrent.nowMs)).toBe(false);
    expect(torrent.state.blockArrives(1, { ...asked!, piece: 0xffff_ffff }, torrent.nowMs)).toBe(false);
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
