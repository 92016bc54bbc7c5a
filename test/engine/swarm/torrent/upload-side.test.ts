import { describe, expect, it } from 'vitest';
import { ATorrent, addressesIn, aGeometry, BLOCK, BLOCKS, PIECE, toldTo, whoIsTold } from './a-torrent.ts';

/** More pieces than a waiting neighbour may be poorer by without being given a slot. */
const RICH = Array.from({ length: 9 }, (_, piece) => piece);

/** A seed of twelve pieces with one slot; the neighbour that has it, 1, is rich, and another, 2, waits. */
function aSeedWithARichNeighbour(wishes: ConstructorParameters<typeof ATorrent>[0] = {}, hasFast = true) {
  const torrent = new ATorrent({ isSeed: true, slots: 1, geometry: aGeometry(12), ...wishes });
  torrent.join(1, { hasFast, has: RICH, isInterested: true });
  torrent.join(2, { isInterested: true });
  return torrent;
}

/** A seed that does not deal, with some interested neighbours numbered from 1. */
function aSeed(neighbours: number, wishes: ConstructorParameters<typeof ATorrent>[0] = {}) {
  const torrent = new ATorrent({ isSeed: true, ...wishes });
  for (let peer = 1; peer <= neighbours; peer++) torrent.join(peer, { isInterested: true });
  return torrent;
}

describe('a grant', () => {
  it('is an unchoke for whoever is interested', () => {
    const torrent = aSeed(0);
    expect(toldTo(torrent.join(1), 1)).toEqual(['haveAll']);
    expect(toldTo(torrent.tell({ kind: 'becameInterested', peer: 1 }), 1)).toEqual(['unchoke']);
  });

  it('ends with a choke behind a piece of bytes and goes to whoever waits and is poorer by far', () => {
    const torrent = aSeedWithARichNeighbour();
    const effects = torrent.request(1, 9);
    expect(toldTo(effects, 1)).toEqual(['block', 'block', 'block', 'block', 'choke']);
    expect(toldTo(effects, 2)).toEqual(['unchoke']);
  });

  it('begins behind the choke that ended the one before, which may still wait behind blocks', () => {
    const torrent = aSeed(2, { slots: 1 });
    torrent.pass(500);
    torrent.tell({ kind: 'peerLeft', peer: 2 });
    const said = torrent.effects.filter(
      (effect) => 'message' in effect && ['choke', 'unchoke'].includes(effect.message.kind),
    );
    expect(toldTo(said, 1)).toEqual(['unchoke', 'choke', 'unchoke']);
    expect(new Set(said.map(({ kind }) => kind))).toEqual(new Set(['sendBehindBlocks']));
  });

  it('counts bytes, not requests of one piece', () => {
    const torrent = aSeedWithARichNeighbour();
    const effects = [8, 9, 10, 11].flatMap((piece) => torrent.request(1, piece, 1));
    expect(toldTo(effects, 1)).toEqual(['block', 'block', 'block', 'block', 'choke']);
  });

  it('is renewed without a word when nobody waits', () => {
    const torrent = aSeed(1, { slots: 1 });
    const effects = [0, 1, 2].flatMap((piece) => torrent.request(1, piece));
    expect(toldTo(effects, 1)).toEqual(Array.from({ length: 3 * BLOCKS }, () => 'block'));
  });

  it('is renewed as well while those who wait are hardly poorer', () => {
    const torrent = new ATorrent({ isSeed: true, slots: 1, geometry: aGeometry(12) });
    torrent.join(1, { has: RICH.slice(1), isInterested: true });
    torrent.join(2, { isInterested: true });
    expect(toldTo(torrent.request(1, 9), 1)).toEqual(['block', 'block', 'block', 'block']);
  });

  it.each([
    ['whoever waits for one', false, 'unchoke'],
    ['nobody who has just made no use of one', true, undefined],
  ])('after sixteen pieces in a row goes to %s, be it as rich', (_, isIdle, told) => {
    const torrent = new ATorrent({ isSeed: true, slots: 1, geometry: aGeometry(40), patienceMs: 500 });
    torrent.join(2, { has: RICH.map((piece) => 30 + piece), isInterested: true });
    if (isIdle) torrent.pass(10_000);
    torrent.tell({ kind: 'lostInterest', peer: 2 });
    torrent.join(1, { has: RICH.map((piece) => 20 + piece), isInterested: true });
    torrent.tell({ kind: 'becameInterested', peer: 2 });
    const taken = Array.from({ length: 16 }, (_, piece) => [
      ...torrent.request(1, piece),
      ...torrent.tell({ kind: 'blockSent', peer: 1, bytes: PIECE }),
    ]);
    expect(toldTo(taken.flat(), 1).filter((kind) => kind === 'block')).toHaveLength(16 * BLOCKS);
    expect(toldTo(taken.slice(0, 15).flat(), 2)).toEqual([]);
    expect(toldTo(taken[15]!, 2).at(-1)).toBe(told);
  });

  it('serves behind the choke what was asked for before it, and rejects the rest (BEP 6)', () => {
    const torrent = aSeedWithARichNeighbour({ unsentBytes: BLOCK });
    torrent.request(1, 9);
    torrent.request(1, 10);
    for (let sent = 1; sent <= 2 * BLOCKS; sent++) torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK });
    const told = toldTo(torrent.effects, 1);
    expect(told.slice(-6)).toEqual(['block', 'choke', 'block', 'block', 'block', 'block']);
    expect(toldTo(torrent.request(1, 11, 1), 1)).toEqual(['reject']);
  });

  it('ends in silence for a neighbour without the fast extension: the choke says it all (BEP 3)', () => {
    const torrent = aSeedWithARichNeighbour({ unsentBytes: BLOCK }, false);
    torrent.request(1, 9);
    torrent.request(1, 10);
    for (let sent = 1; sent <= 2 * BLOCKS; sent++) torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK });
    expect(toldTo(torrent.effects, 1)).toEqual([
      'bitfield',
      'unchoke',
      'block',
      'block',
      'block',
      'block',
      'choke',
    ]);
  });

  it('goes to the next after the patience when nobody makes use of it', () => {
    const torrent = aSeed(2, { slots: 1, patienceMs: 500 });
    expect(torrent.pass(499)).toEqual([]);
    const effects = torrent.pass(1);
    expect(toldTo(effects, 1)).toEqual(['choke']);
    expect(toldTo(effects, 2)).toEqual(['unchoke']);
  });

  it('stays with a slow neighbour as long as its bytes are on their way', () => {
    const torrent = aSeed(2, { slots: 1, unsentBytes: BLOCK });
    torrent.request(1, 0, 2);
    expect(toldTo(torrent.pass(60_000), 1)).toEqual([]);
    expect(toldTo(torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK }), 1)).toEqual(['block']);
  });

  it('is not the only one for ever where all that have one are slow: there are up to twice as many slots', () => {
    const torrent = aSeed(4, { slots: 1, unsentBytes: BLOCK });
    torrent.request(1, 0, 2);
    expect(torrent.pass(2_000)).toEqual([]);
    const effects = torrent.pass(1);
    expect(whoIsTold(effects, 'unchoke')).toHaveLength(1);
    torrent.request(whoIsTold(effects, 'unchoke')[0]!, 1, 2);
    expect(torrent.pass(60_000)).toEqual([]);
  });

  it.each([
    [
      'goes to another in place of a slow neighbour, which gets all the same what it has asked for',
      'near',
      'near',
      ['choke'],
    ],
    ['stays with a neighbour at another site, which is slow because the way is', 'near', 'far', []],
    [
      'goes to another in place of a slow neighbour that says where it is, where we do not',
      '',
      'far',
      ['choke'],
    ],
    ['goes to another in place of a slow neighbour that does not say where it is', 'near', '', ['choke']],
  ])('%s', (_what, own, site, told) => {
    const torrent = aSeed(3, { slots: 1, unsentBytes: BLOCK, place: { site: own, salt: 0 } });
    for (const peer of [1, 2, 3])
      torrent.tell({
        kind: 'peerIntroduced',
        peer,
        site: peer === 1 ? site : 'near',
        isDealer: false,
        salt: 0,
      });
    torrent.request(1, 0, 2);
    const [quick] = whoIsTold(torrent.pass(2_001), 'unchoke');
    torrent.request(quick!, 1);
    for (let sent = 0; sent < BLOCKS; sent++) torrent.tell({ kind: 'blockSent', peer: quick!, bytes: BLOCK });
    const before = torrent.effects.length;
    torrent.pass(100);
    expect(toldTo(torrent.effects.slice(before), 1)).toEqual(told);
    expect(toldTo(torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK }), 1)).toEqual(['block']);
  });

  it('passes on when the neighbour has had what it wanted and is not interested any more', () => {
    const torrent = aSeed(2, { slots: 1 });
    torrent.request(1, 0, 1);
    const effects = torrent.tell({ kind: 'lostInterest', peer: 1 });
    expect([whoIsTold(effects, 'choke'), whoIsTold(effects, 'unchoke')]).toEqual([[1], [2]]);
  });

  it('passes on at once when it is declined: the neighbour is not interested and has asked for nothing', () => {
    const torrent = aSeed(2, { slots: 1 });
    const effects = torrent.tell({ kind: 'lostInterest', peer: 1 });
    expect([whoIsTold(effects, 'choke'), whoIsTold(effects, 'unchoke')]).toEqual([[1], [2]]);
  });

  it('stays with a neighbour that is not interested any more until what it asked for has been handed over', () => {
    const torrent = aSeed(2, { slots: 1, unsentBytes: BLOCK });
    torrent.request(1, 0, 2);
    expect(torrent.tell({ kind: 'lostInterest', peer: 1 })).toEqual([]);
    const effects = torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK });
    expect(toldTo(effects, 1)).toEqual(['block']);
  });

  it('passes on when the neighbour has gone', () => {
    const torrent = aSeed(2, { slots: 1 });
    expect(whoIsTold(torrent.tell({ kind: 'peerLeft', peer: 1 }), 'unchoke')).toEqual([2]);
  });

  it('comes to everybody in the end, however many wait', () => {
    const torrent = aSeed(6, { slots: 1 });
    const served = new Set<number>();
    for (let round = 0; round < 200; round++) {
      const [peer] = whoIsTold(torrent.effects, 'unchoke').slice(-1);
      served.add(peer!);
      torrent.request(peer!, 0);
    }
    expect(served.size).toBe(6);
  });
});

describe('the slots', () => {
  it('are never more than allowed', () => {
    const torrent = aSeed(10, { slots: 3 });
    expect(whoIsTold(torrent.effects, 'unchoke')).toHaveLength(3);
  });

  it('are filled again as soon as the bytes of a neighbour that had too many have left', () => {
    const torrent = aSeed(1, { slots: 2, unsentBytes: BLOCK });
    torrent.tell({ kind: 'blockRequested', peer: 1, block: { piece: 0, begin: 0, length: 2 * BLOCK } });
    torrent.tell({ kind: 'lostInterest', peer: 1 });
    torrent.tell({ kind: 'becameInterested', peer: 1 });
    expect(whoIsTold(torrent.effects, 'unchoke')).toEqual([1]);
    torrent.tell({ kind: 'blockSent', peer: 1, bytes: 2 * BLOCK });
    expect(whoIsTold(torrent.effects, 'unchoke')).toEqual([1, 1]);
  });
});

describe('a piece that cannot be read', () => {
  const spoilt = (torrent: ATorrent, peer: number, piece: number, block = 0) =>
    torrent.tell({
      kind: 'blockUnreadable',
      peer,
      block: torrent.geometry.blockAt(piece, block),
      reason: 'the disk does not answer',
    });

  it('is rejected with all that waits of it, and the others go out (BEP 6)', () => {
    const torrent = aSeed(1, { unsentBytes: BLOCK });
    expect(toldTo(torrent.request(1, 0), 1)).toEqual(['block']);
    torrent.request(1, 1, 1);
    const effects = spoilt(torrent, 1, 0);
    expect(addressesIn(effects, 1, 'reject').map(({ piece }) => piece)).toEqual([0, 0, 0, 0]);
    expect(effects.flatMap((effect) => (effect.kind === 'sendBlock' ? [effect.block.piece] : []))).toEqual([
      1,
    ]);
  });

  it('costs the connection of a neighbour that cannot be told', () => {
    const torrent = new ATorrent({ isSeed: true });
    torrent.join(1, { hasFast: false, isInterested: true });
    torrent.request(1, 0);
    expect(spoilt(torrent, 1, 0)).toEqual([
      { kind: 'dropPeer', peer: 1, reason: 'the disk does not answer' },
    ]);
  });

  it('is not tried again for this neighbour for a while, and is for others', () => {
    const torrent = aSeed(2, { unreadableMs: 15_000 });
    torrent.request(1, 0, 1);
    spoilt(torrent, 1, 0);
    expect(toldTo(torrent.request(1, 0, 1), 1)).toEqual(['reject']);
    expect(toldTo(torrent.request(2, 0, 1), 2)).toEqual(['block']);
    torrent.nowMs += 15_000;
    expect(toldTo(torrent.request(1, 0, 1), 1)).toEqual(['block']);
  });

  it('is not asked for without end: whoever does is let go', () => {
    const torrent = aSeed(1);
    torrent.request(1, 0, 1);
    spoilt(torrent, 1, 0);
    const rejects = Array.from({ length: 4 * BLOCKS }, () => 'reject');
    const told = [1, 2, 3, 4].flatMap(() => toldTo(torrent.request(1, 0), 1));
    expect(told).toEqual(rejects);
    expect(torrent.request(1, 0, 1)).toEqual([
      { kind: 'dropPeer', peer: 1, reason: 'it goes on asking for what it was refused' },
    ]);
  });

  it('holds no slot: its grant goes to the next when nothing else is asked for', () => {
    const torrent = aSeed(2, { slots: 1, patienceMs: 500 });
    torrent.request(1, 0, 1);
    spoilt(torrent, 1, 0);
    torrent.nowMs += 1_499;
    torrent.request(1, 0, 1);
    expect(whoIsTold(torrent.pass(1), 'unchoke')).toEqual([2]);
  });
});

describe('the queue of a neighbour', () => {
  it('hands few bytes at a time to the connection, the next when these have left', () => {
    const torrent = aSeed(1, { unsentBytes: 2 * BLOCK });
    expect(toldTo(torrent.request(1, 0), 1)).toEqual(['block', 'block']);
    expect(toldTo(torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK }), 1)).toEqual(['block']);
  });

  it('hands no more blocks to it where they are short: a piece is read for each', () => {
    const torrent = aSeed(1, { unsentBytes: 2 * BLOCK });
    const short = { piece: 0, begin: 0, length: 1 };
    for (let request = 0; request < 20; request++)
      torrent.tell({ kind: 'blockRequested', peer: 1, block: { ...short, begin: request } });
    expect(toldTo(torrent.effects, 1).filter((told) => told === 'block')).toHaveLength(2);
    expect(toldTo(torrent.tell({ kind: 'blockSent', peer: 1, bytes: 1 }), 1)).toEqual(['block']);
  });

  it('forgets a block that is cancelled before it was handed over, and says so with the fast extension', () => {
    const torrent = aSeed(1, { unsentBytes: BLOCK });
    torrent.request(1, 0, 3);
    const block = torrent.geometry.blockAt(0, 1);
    expect(toldTo(torrent.tell({ kind: 'requestCancelled', peer: 1, block }), 1)).toEqual(['reject']);
    torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK });
    const sent = torrent.effects.flatMap((effect) => (effect.kind === 'sendBlock' ? [effect.block] : []));
    expect(sent).toEqual([torrent.geometry.blockAt(0, 0), torrent.geometry.blockAt(0, 2)]);
  });

  it('says nothing to the cancelling of what was never asked for', () => {
    const torrent = aSeed(1);
    expect(
      torrent.tell({ kind: 'requestCancelled', peer: 1, block: torrent.geometry.blockAt(0, 1) }),
    ).toEqual([]);
  });

  it('rejects requests of a neighbour that is choked, and is silent without the fast extension', () => {
    const torrent = new ATorrent({ isSeed: true });
    torrent.join(1);
    torrent.join(2, { hasFast: false });
    expect(toldTo(torrent.request(1, 0, 1), 1)).toEqual(['reject']);
    expect(toldTo(torrent.request(2, 0, 1), 2)).toEqual([]);
  });

  it('rejects requests for pieces that are not there', () => {
    const torrent = new ATorrent();
    torrent.join(1, { isInterested: true });
    expect(toldTo(torrent.request(1, 2, 1), 1)).toEqual(['reject']);
  });

  it('takes a limited number of requests and rejects the rest', () => {
    const torrent = aSeed(1, { unsentBytes: BLOCK });
    for (let round = 0; round < 1000; round++) torrent.request(1, 0);
    const rejected = addressesIn(torrent.effects, 1, 'reject').length;
    expect(rejected).toBeGreaterThan(0);
    expect(4000 - rejected).toBeLessThanOrEqual(2048 + 1);
  });

  it('serves blocks of other lengths than ours, up to 32 KiB', () => {
    const torrent = aSeed(1);
    const block = { piece: 0, begin: 3, length: PIECE - 3 };
    expect(toldTo(torrent.tell({ kind: 'blockRequested', peer: 1, block }), 1)).toEqual(['block']);
  });

  it.each([
    ['beyond the last piece', { piece: 4, begin: 0, length: BLOCK }],
    ['of the greatest number there is', { piece: 0xffff_ffff, begin: 0, length: BLOCK }],
    ['beyond the end of its piece', { piece: 0, begin: PIECE - BLOCK + 1, length: BLOCK }],
    ['beyond the end of the image', { piece: 3, begin: BLOCK, length: BLOCK }],
    ['at the greatest offset there is', { piece: 0, begin: 0xffff_ffff, length: 1 }],
    ['of no length', { piece: 0, begin: 0, length: 0 }],
    ['of the greatest length there is', { piece: 0, begin: 0, length: 0xffff_ffff }],
  ])('drops a neighbour that asks for a block %s', (_where, block) => {
    const torrent = aSeed(1, { geometry: aGeometry(4, BLOCK + 1) });
    expect(toldTo(torrent.tell({ kind: 'blockRequested', peer: 1, block }), 1)).toEqual(['dropPeer']);
  });
});
