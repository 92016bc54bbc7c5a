import { describe, expect, it } from 'vitest';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import type { SwarmEvent } from '../../../../src/engine/swarm/torrent/swarm-event.ts';
import type { SwarmSettings } from '../../../../src/engine/swarm/torrent/swarm-state.ts';
import { ATorrent, aGeometry, BLOCK, havesTo, PIECE, toldTo, whoIsTold } from './a-torrent.ts';

/** A seed that deals `pieces` pieces. */
function aDealer(pieces: number, wishes: Partial<SwarmSettings> = {}): ATorrent {
  const geometry = aGeometry(pieces);
  return new ATorrent({ isSeed: true, geometry, dealer: new PieceDealer(pieces), slots: 1, ...wishes });
}

/** A receiver takes all of the piece that it was told of last. */
function take(torrent: ATorrent, peer: number): void {
  torrent.request(peer, havesTo(torrent.effects, peer).at(-1)!);
  torrent.tell({ kind: 'blockSent', peer, bytes: PIECE });
}

/**
 * A seeder at `near` deals one piece at a time to receivers 1, 2 and 3, of which the first is at a site. What it is dealt
 * somebody else has a second later, what others are a sixth of that.
 * @returns the receivers of the first 15 pieces
 */
function receiversWhereTheFirstIsAt(site: string): number[] {
  const torrent = aDealer(40, { place: { site: 'near', salt: 0 } });
  for (const peer of [1, 2, 3]) {
    torrent.join(peer);
    torrent.tell({
      kind: 'peerIntroduced',
      peer,
      site: peer === 1 ? site : 'near',
      isDealer: false,
      salt: 0,
    });
  }
  const spreads: { peer: number; piece: number; atMs: number }[] = [];
  return Array.from({ length: 15 }, () => {
    torrent.pass(100);
    for (const { peer, piece, atMs } of spreads)
      if (torrent.nowMs === atMs) torrent.tell({ kind: 'pieceAnnounced', peer, piece });
    const peer = whoIsTold(torrent.effects, 'unchoke').at(-1)!;
    const piece = havesTo(torrent.effects, peer).at(-1)!;
    take(torrent, peer);
    torrent.tell({ kind: 'pieceAnnounced', peer, piece });
    spreads.push({ peer: (peer % 3) + 1, piece, atMs: torrent.nowMs + (peer === 1 ? 1000 : 200) });
    return peer;
  });
}

/** What a seeder of three pieces tells its second receiver, number 1. */
function aDealerAfterOne() {
  const torrent = aDealer(3, { slots: 2 });
  torrent.join(9);
  return torrent.join(1);
}

/** Three pieces are dealt to receivers 1 and 2; the second has asked for its piece and stopped to read. */
function whereOneStoppedToRead(): ATorrent {
  const torrent = aDealer(3, { slots: 2, unsentBytes: BLOCK });
  torrent.join(1);
  torrent.join(2);
  torrent.request(2, 1);
  for (const piece of [0, 2]) {
    torrent.pass(50);
    torrent.request(1, piece);
    for (let sent = 0; sent < 4; sent++) torrent.tell({ kind: 'blockSent', peer: 1, bytes: BLOCK });
  }
  torrent.pass(50);
  return torrent;
}

describe('a seeder that deals', () => {
  it('says at first that it has nothing', () => {
    const torrent = aDealer(3, { slots: 0 });
    expect(toldTo(torrent.join(1), 1)).toEqual(['haveNone']);
    expect(toldTo(torrent.join(2, { hasFast: false }), 2)).toEqual([]);
  });

  it('tells of one fresh piece with every grant', () => {
    const torrent = aDealer(3);
    expect(toldTo(torrent.join(1), 1)).toEqual(['haveNone', 'have', 'unchoke']);
  });

  it('deals every piece once before any twice, to receivers in turn', () => {
    const torrent = aDealer(9);
    for (const peer of [1, 2, 3]) torrent.join(peer);
    for (let grant = 0; grant < 8; grant++) take(torrent, whoIsTold(torrent.effects, 'unchoke').at(-1)!);
    const dealt = torrent.effects.filter(
      (effect) => 'message' in effect && ['have', 'unchoke'].includes(effect.message.kind),
    );
    expect(whoIsTold(dealt, 'unchoke')).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    const untilAllWereDealt = dealt.slice(0, 17);
    expect([1, 2, 3].flatMap((peer) => havesTo(untilAllWereDealt, peer)).sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('passes over whoever takes long to pass a piece on, until nobody else can take one', () => {
    // Nothing is known of anybody before the fourth.
    expect(receiversWhereTheFirstIsAt('near')).toEqual([1, 2, 3, 1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2]);
  });

  it('passes over nobody at another site, be it that it said so when it had been dealt something', () => {
    expect(receiversWhereTheFirstIsAt('far').filter((peer) => peer === 1)).toHaveLength(5);
  });

  it('deals on to its only receiver without choking it', () => {
    const torrent = aDealer(3);
    torrent.join(1);
    take(torrent, 1);
    take(torrent, 1);
    expect(havesTo(torrent.effects, 1).sort()).toEqual([0, 1, 2]);
    expect(whoIsTold(torrent.effects, 'choke')).toEqual([]);
  });

  it('serves nothing that it has not told the asking receiver of', () => {
    const torrent = aDealer(3, { slots: 2 });
    torrent.join(1);
    torrent.join(2);
    const [ofTheOther] = havesTo(torrent.effects, 2);
    expect(toldTo(torrent.request(1, ofTheOther!, 1), 1)).toEqual(['reject']);
  });

  it('tells everybody of everything once a copy of all has left, of each piece once', () => {
    const torrent = aDealer(4, { slots: 2 });
    torrent.join(1);
    torrent.join(2);
    for (const peer of [1, 2, 1]) take(torrent, peer);
    expect(havesTo(torrent.effects, 1).length + havesTo(torrent.effects, 2).length).toBe(4);
    take(torrent, 2);
    for (const peer of [1, 2]) expect(havesTo(torrent.effects, peer).sort()).toEqual([0, 1, 2, 3]);
  });

  it('tells of very many pieces a few hundred at a time, and serves all of them from the start', () => {
    const torrent = aDealer(600);
    torrent.join(1, { isInterested: true });
    torrent.join(2);
    const effects = torrent.tell({ kind: 'everythingAnnounced', peer: 2 });
    expect(havesTo(effects, 1)).toHaveLength(256);
    expect(toldTo(torrent.request(1, 599, 1), 1)).toEqual(['block']);
    for (let tick = 0; tick < 5; tick++) torrent.pass(100);
    expect(havesTo(torrent.effects, 1).toSorted((a, b) => a - b)).toEqual([...Array(600).keys()]);
    expect(havesTo(torrent.effects, 2)).toEqual([]);
  });

  it('then tells who joins of everything at once, and serves it', () => {
    const torrent = aDealer(1, { slots: 2 });
    torrent.join(1);
    take(torrent, 1);
    expect(toldTo(torrent.join(2, { isInterested: true }), 2)).toEqual(['haveAll', 'unchoke']);
    expect(toldTo(torrent.request(2, 0), 2)).toEqual(['block', 'block', 'block', 'block']);
  });

  it('with nothing else left to deal does not wait for a receiver that does not fetch what it was dealt', () => {
    const torrent = aDealer(3, { slots: 2, patienceMs: 10_000 });
    torrent.join(1);
    torrent.join(2);
    for (let piece = 0; piece < 2; piece++) {
      torrent.pass(50);
      take(torrent, 1);
    }
    expect(havesTo(torrent.effects, 1)).toEqual([0, 2]);
    torrent.pass(50);
    for (const peer of [1, 2]) expect(havesTo(torrent.effects, peer).toSorted()).toEqual([0, 1, 2]);
  });

  it('nor for one that has stopped to read in the middle of the piece', () => {
    const torrent = whereOneStoppedToRead();
    expect(havesTo(torrent.effects, 1).toSorted()).toEqual([0, 1, 2]);
  });

  it('tells nobody anything twice when a piece leaves at last that was not waited for', () => {
    const torrent = whereOneStoppedToRead();
    for (let sent = 0; sent < 4; sent++) torrent.tell({ kind: 'blockSent', peer: 2, bytes: BLOCK });
    for (const peer of [1, 2]) expect(havesTo(torrent.effects, peer).toSorted()).toEqual([0, 1, 2]);
  });

  it('goes on to deal when the receiver of the last piece has gone with half of it', () => {
    const torrent = aDealer(1);
    torrent.join(1);
    torrent.request(1, 0, 2);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(toldTo(torrent.join(2), 2)).toEqual(['haveNone', 'have', 'unchoke']);
  });

  it('deals a piece again whose receiver has gone before anybody else had it', () => {
    const torrent = aDealer(3);
    torrent.join(1);
    const [lost] = havesTo(torrent.effects, 1);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(havesTo(torrent.join(2), 2)).toEqual([lost]);
  });

  it('does not deal a piece again that another has by now', () => {
    const torrent = aDealer(3);
    torrent.join(1);
    const [passedOn] = havesTo(torrent.effects, 1);
    torrent.join(2);
    torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece: passedOn! });
    expect(havesTo(torrent.tell({ kind: 'peerLeft', peer: 1 }), 2)).not.toContain(passedOn);
  });

  it('deals nothing to a neighbour that has everything', () => {
    const torrent = aDealer(3, { slots: 0 });
    torrent.join(1, { has: 'everything' });
    expect(whoIsTold(torrent.effects, 'have')).toEqual([]);
  });

  it('does not deal a receiver a piece that it has already, while it lacks others', () => {
    const torrent = aDealer(3, { patienceMs: 500 });
    torrent.join(9);
    const next = havesTo(aDealerAfterOne(), 1)[0]!;
    torrent.join(1, { has: [next] });
    torrent.pass(500);
    torrent.pass(500);
    expect(havesTo(torrent.effects, 1)).not.toContain(next);
    expect(havesTo(torrent.effects, 1).length).toBeGreaterThan(0);
  });

  it('deals a piece again whose receiver never made use of its grant', () => {
    const torrent = aDealer(4, { slots: 1, patienceMs: 500 });
    torrent.join(1);
    const [unused] = havesTo(torrent.effects, 1);
    torrent.join(2);
    torrent.pass(500);
    for (let grant = 0; grant < 4; grant++) {
      take(torrent, 2);
      torrent.pass(500);
    }
    expect(havesTo(torrent.effects, 2)).toContain(unused);
  });

  it('deals nothing new to a receiver that did not use its last grant, until it has fetched what it was dealt', () => {
    const torrent = aDealer(4, { patienceMs: 500 });
    torrent.join(1);
    torrent.pass(600);
    expect(toldTo(torrent.effects, 1)).toEqual(['haveNone', 'have', 'unchoke', 'choke', 'unchoke']);
    take(torrent, 1);
    expect(havesTo(torrent.effects, 1)).toHaveLength(2);
  });

  it('deals a receiver something new that does not fetch what it was dealt, whatever the reason', () => {
    const torrent = aDealer(4, { patienceMs: 500 });
    torrent.join(1);
    for (let missed = 0; missed < 5; missed++) torrent.pass(600);
    expect(havesTo(torrent.effects, 1)).toHaveLength(2);
  });

  it('when nothing is fresh, gives its turn to whoever has still to fetch what it was dealt', () => {
    const torrent = aDealer(3, { slots: 2, patienceMs: 500 });
    torrent.join(1);
    torrent.join(2);
    torrent.pass(300);
    take(torrent, 2);
    torrent.pass(150);
    take(torrent, 2);
    torrent.pass(85);
    expect(havesTo(torrent.effects, 1)).toHaveLength(1);
    expect(whoIsTold(torrent.effects, 'unchoke')).toEqual([1, 2, 1]);
  });

  it('waits longer for the use of what it has dealt where answers come late, and not for ever', () => {
    const torrent = aDealer(300, { slots: 1, patienceMs: 500 });
    torrent.join(1);
    torrent.join(2);
    const holder = () => whoIsTold(torrent.effects, 'unchoke').at(-1)!;
    const waitedMs: number[] = [];
    for (let grant = 0; grant < 100; grant++) {
      const receiver = holder();
      let passedMs = 0;
      for (; holder() === receiver && passedMs < 10_000; passedMs += 100) torrent.pass(100);
      waitedMs.push(passedMs);
      // Half a second too late, whatever the patience: the other has the grant.
      torrent.nowMs += 500;
      torrent.request(receiver, havesTo(torrent.effects, receiver).at(-1)!, 1);
      torrent.nowMs -= 500;
    }
    expect(waitedMs[1]).toBeLessThan(1_000);
    expect(waitedMs.at(-1)).toBeGreaterThan(3_000);
    expect(Math.max(...waitedMs)).toBeLessThanOrEqual(4_000);
  });

  it('lets nobody that asks for nothing keep it from dealing to others', () => {
    const torrent = aDealer(20, { slots: 2, patienceMs: 500 });
    for (const silent of [1, 2, 3, 4]) torrent.join(silent);
    torrent.join(5);
    const startMs = torrent.nowMs;
    for (let round = 0; round < 200 && havesTo(torrent.effects, 5).length < 10; round++) {
      if (whoIsTold(torrent.effects, 'unchoke').at(-1) === 5) take(torrent, 5);
      torrent.pass(100);
    }
    expect(havesTo(torrent.effects, 5).length).toBeGreaterThanOrEqual(10);
    expect(torrent.nowMs - startMs).toBeLessThan(20_000);
  });
});

describe('a seeder that deals beside another', () => {
  it('takes back what it dealt to it before it said that it deals, and deals that to a machine', () => {
    const torrent = aDealer(3);
    torrent.join(9);
    const [dealt] = havesTo(torrent.effects, 9);
    const effects = torrent.tell({ kind: 'peerIntroduced', peer: 9, site: '', isDealer: true, salt: 0 });
    expect(toldTo(effects, 9)).toEqual(['choke']);
    torrent.join(1);
    for (let grant = 0; grant < 2; grant++) take(torrent, 1);
    expect(havesTo(torrent.effects, 1).toSorted()).toEqual([0, 1, 2]);
    expect(havesTo(torrent.effects, 9)).toEqual([dealt]);
  });

  it('does not hold a piece to be in the swarm because the other has dealt it', () => {
    const torrent = aDealer(3);
    torrent.join(9, { isDealer: true });
    for (const piece of [0, 1, 2]) torrent.tell({ kind: 'pieceAnnounced', peer: 9, piece });
    expect(toldTo(torrent.join(1), 1)).toEqual(['haveNone', 'have', 'unchoke']);
  });

  it('deals a piece again whose only receiver has gone, though it was dealt to the other once', () => {
    const torrent = aDealer(1);
    torrent.join(9);
    torrent.tell({ kind: 'peerIntroduced', peer: 9, site: '', isDealer: true, salt: 0 });
    torrent.join(1);
    torrent.tell({ kind: 'peerLeft', peer: 1 });
    expect(havesTo(torrent.join(2), 2)).toEqual([0]);
  });

  it('deals another piece at once where a machine has the one that it was dealt from the other', () => {
    const torrent = aDealer(3);
    torrent.join(1);
    const [first] = havesTo(torrent.effects, 1);
    torrent.pass(100);
    const effects = torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: first! });
    expect(havesTo(effects, 1)).toHaveLength(1);
    expect(toldTo(torrent.pass(450), 1)).toEqual([]);
  });

  it('deals no other piece where the machine has begun to fetch the one that it says it has', () => {
    const torrent = aDealer(3, { unsentBytes: BLOCK });
    torrent.join(1);
    const [first] = havesTo(torrent.effects, 1);
    torrent.request(1, first!, 1);
    expect(havesTo(torrent.tell({ kind: 'pieceAnnounced', peer: 1, piece: first! }), 1)).toEqual([]);
  });
});

/** A seed with one slot that has handed pieces to connections, to as many receivers as it would, 1 and up. */
function whereAllWasHandedOver({ isIntroduced = true, site = '', pieces = 12 } = {}) {
  const torrent = aDealer(pieces, { place: { site: 'here', salt: 0 } });
  for (let peer = 1; peer <= 8; peer++) {
    torrent.join(peer);
    if (isIntroduced) torrent.tell({ kind: 'peerIntroduced', peer, site, isDealer: false, salt: peer });
  }
  const taken: { peer: number; piece: number }[] = [];
  for (let grant = 0; grant < 8; grant++) {
    const peer = whoIsTold(torrent.effects, 'unchoke')[grant];
    if (peer === undefined) break;
    taken.push({ peer, piece: havesTo(torrent.effects, peer).at(-1)! });
    take(torrent, peer);
    torrent.pass(50);
  }
  return { torrent, taken };
}

describe('pieces that a seeder has handed over', () => {
  it('hold back others until their receivers say that they are there: two beside the slots, and the newest', () => {
    const { torrent, taken } = whereAllWasHandedOver();
    expect(taken).toHaveLength(4);
    expect(whoIsTold(torrent.pass(50), 'unchoke')).toEqual([]);
    const grants = taken.map((piece) =>
      whoIsTold(torrent.tell({ kind: 'pieceAnnounced', ...piece }), 'unchoke'),
    );
    expect(grants.map(({ length }) => length)).toEqual([0, 1, 0, 0]);
  });

  it.each<[string, (piece: { peer: number; piece: number }) => SwarmEvent]>([
    ['when their receiver wants nothing any more', ({ peer }) => ({ kind: 'lostInterest', peer })],
    ['when anybody has them', ({ piece }) => ({ kind: 'pieceAnnounced', peer: 8, piece })],
    ['when their receiver has gone', ({ peer }) => ({ kind: 'peerLeft', peer })],
  ])('hold back nothing %s', (_name, eventOf) => {
    const { torrent, taken } = whereAllWasHandedOver();
    for (const { peer } of taken) torrent.tell({ kind: 'becameInterested', peer });
    const effects = taken.slice(0, 2).flatMap((piece) => torrent.tell(eventOf(piece)));
    expect(whoIsTold(effects, 'unchoke')).toHaveLength(1);
  });

  it('hold back nothing for ever where nobody says anything', () => {
    const { torrent } = whereAllWasHandedOver();
    expect(whoIsTold(torrent.pass(4_000), 'unchoke')).toHaveLength(1);
  });

  it.each([
    ['receivers that say nothing of themselves', { isIntroduced: false }],
    ['receivers at another site', { site: 'there' }],
  ])('hold back nothing from %s', (_name, wishes) => {
    expect(whereAllWasHandedOver(wishes).taken).toHaveLength(8);
  });

  it('keep the seeder from showing everything until they are there', () => {
    const { torrent, taken } = whereAllWasHandedOver({ pieces: 3 });
    const shownTo8 = (): number[] => havesTo(torrent.effects, 8);
    for (const { peer, piece } of taken) {
      expect(shownTo8()).toEqual([]);
      torrent.tell({ kind: 'pieceAnnounced', peer, piece });
    }
    expect(shownTo8().toSorted()).toEqual([0, 1, 2]);
  });

  it('keep it from that no longer when all of their receivers have gone silent', () => {
    const { torrent } = whereAllWasHandedOver({ pieces: 3 });
    torrent.pass(4_000);
    expect(havesTo(torrent.effects, 8).toSorted()).toEqual([0, 1, 2]);
  });
});

describe('a machine that has a piece which was dealt to it', () => {
  function whereDealtPieceCame(shown: readonly number[]): string[] {
    const torrent = new ATorrent({ geometry: aGeometry(4) });
    torrent.join(1, { isDealer: true, has: shown });
    torrent.deliverAsked(1, torrent.tell({ kind: 'unchoked', peer: 1 }));
    return toldTo(torrent.tell({ kind: 'pieceStored', piece: shown[0]! }), 1);
  }

  it('says so at once to who dealt it', () => {
    expect(whereDealtPieceCame([2])).toContain('have');
  });

  it('does not when that one shows everything', () => {
    expect(whereDealtPieceCame([0, 1, 2, 3])).not.toContain('have');
  });
});
