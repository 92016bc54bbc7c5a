import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATorrent, aGeometry, BLOCKS, requestsTo, toldTo } from './a-torrent.ts';

const PIECES = 24;
const FAR = 100;
const MATES = [1, 2, 3];

/** One of some machines at a site that know each other, by their salts, beside a machine at another site. */
function aMember(
  own: number,
  far: { has?: number[] | 'everything'; isDealer?: boolean; nowMs?: number } = {},
  salts: readonly number[] = MATES,
): ATorrent {
  const torrent = new ATorrent({
    geometry: aGeometry(PIECES),
    place: { site: 'near', salt: own },
    openPieces: PIECES,
    askedBlocks: 2 * PIECES * BLOCKS,
  });
  torrent.nowMs = far.nowMs ?? 0;
  for (const [place, salt] of salts.entries()) {
    if (salt === own) continue;
    const peer = place + 1;
    torrent.join(peer);
    torrent.tell({ kind: 'peerIntroduced', peer, site: 'near', isDealer: false, salt });
  }
  const { has = 'everything', isDealer = false } = far;
  torrent.join(FAR);
  torrent.tell({ kind: 'peerIntroduced', peer: FAR, site: 'far', isDealer, salt: FAR });
  if (has === 'everything') torrent.tell({ kind: 'everythingAnnounced', peer: FAR });
  else for (const piece of has) torrent.tell({ kind: 'pieceAnnounced', peer: FAR, piece });
  return torrent;
}

/** Pieces that it asks the machine at the other site for. */
function askedAfar(torrent: ATorrent): number[] {
  torrent.tell({ kind: 'unchoked', peer: FAR });
  return [...new Set(requestsTo(torrent.effects, FAR).map(({ piece }) => piece))];
}

describe('a piece at another site', () => {
  it('is fetched by one member of ours, and each member fetches some', () => {
    const asked = MATES.map((own) => askedAfar(aMember(own)));
    expect(asked.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: PIECES }, (_, piece) => piece));
    for (const pieces of asked) expect(pieces.length).toBeGreaterThan(0);
  });

  it('is fetched by exactly one member, whatever they are called and in whatever order they are known', () => {
    const anySite = fc.uniqueArray(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anySite, (salts) => {
        const asked = salts.flatMap((own, place) =>
          askedAfar(aMember(own, {}, place % 2 === 0 ? salts : salts.toReversed())),
        );
        expect(asked.sort((a, b) => a - b)).toEqual(Array.from({ length: PIECES }, (_, piece) => piece));
      }),
    );
  });

  it('is not fetched there once somebody of ours has it', () => {
    const before = askedAfar(aMember(1));
    const torrent = aMember(1);
    for (const piece of before) torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece });
    expect(toldTo(torrent.effects, FAR).at(-1)).toBe('notInterested');
    expect(askedAfar(torrent)).toEqual([]);
  });

  it('goes to another member when its own has gone', () => {
    const [before, after] = [aMember(1), aMember(1)];
    for (const peer of [2, 3]) after.tell({ kind: 'peerLeft', peer });
    expect(askedAfar(before).length).toBeLessThan(PIECES);
    expect(askedAfar(after)).toHaveLength(PIECES);
  });

  it('is fetched by whoever it was dealt to', () => {
    const others = askedAfar(aMember(2));
    const torrent = aMember(1, { has: others, isDealer: true });
    expect(askedAfar(torrent).sort()).toEqual(others.sort());
  });

  it('is adopted by a member that has nothing else to fetch, after a while, one at a time', () => {
    const others = askedAfar(aMember(2));
    const torrent = aMember(1, { has: others });
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(4_000);
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(2_000);
    const [first] = askedAfar(torrent);
    expect(askedAfar(torrent)).toEqual([first]);
    for (const block of requestsTo(torrent.effects, FAR)) torrent.deliver(FAR, block);
    torrent.tell({ kind: 'pieceStored', piece: first! });
    torrent.pass(100);
    expect(askedAfar(torrent)).toHaveLength(2);
  });

  it('is left to its owner at first, however long the clock has run before anybody was known', () => {
    const others = askedAfar(aMember(2));
    const torrent = aMember(1, { has: others, nowMs: 60_000 });
    torrent.pass(100);
    torrent.pass(4_800);
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(200);
    expect(askedAfar(torrent)).toHaveLength(1);
  });

  it('is left to its owner as long as there was something of our own, also after a time when there was nothing', () => {
    const others = askedAfar(aMember(2));
    const [own] = askedAfar(aMember(1));
    const torrent = aMember(1, { has: [] });
    torrent.pass(6_000);
    torrent.pass(6_000);
    for (const piece of [own!, ...others]) torrent.tell({ kind: 'pieceAnnounced', peer: FAR, piece });
    torrent.pass(100);
    expect(askedAfar(torrent)).toEqual([own]);
    for (const block of requestsTo(torrent.effects, FAR)) torrent.deliver(FAR, block);
    torrent.tell({ kind: 'pieceStored', piece: own! });
    torrent.pass(4_000);
    expect(askedAfar(torrent)).toEqual([own]);
    torrent.pass(2_000);
    expect(askedAfar(torrent)).toHaveLength(2);
  });

  it('is left to its owner as long as that brings others, three times its longest pause', () => {
    const [first, ...others] = askedAfar(aMember(2));
    const torrent = aMember(1, { has: [first!, ...others] });
    torrent.pass(4_000);
    torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece: first! });
    torrent.pass(2_000);
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(9_900);
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(200);
    expect(askedAfar(torrent)).toHaveLength(1);
  });

  it('is fetched there in the end when a member that says it has it serves nobody', () => {
    const torrent = aMember(1);
    torrent.tell({ kind: 'everythingAnnounced', peer: 2 });
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(4_000);
    expect(askedAfar(torrent)).toEqual([]);
    torrent.pass(2_000);
    expect(askedAfar(torrent)).toHaveLength(1);
  });

  it('is not fetched there while members send us others', () => {
    const torrent = aMember(1, { has: [0] });
    for (const piece of [0, 1, 2, 3, 4, 5]) torrent.tell({ kind: 'pieceAnnounced', peer: 2, piece });
    const [...owed] = requestsTo(torrent.tell({ kind: 'unchoked', peer: 2 }), 2);
    for (const block of owed.slice(0, 10)) {
      torrent.deliver(2, block);
      torrent.pass(2_000);
    }
    expect(askedAfar(torrent)).toEqual([]);
  });

  it('stays open that was adopted when its holder says again where it is', () => {
    const others = askedAfar(aMember(2));
    const torrent = aMember(1, { has: others });
    torrent.pass(6_000);
    torrent.tell({ kind: 'peerIntroduced', peer: FAR, site: 'far', isDealer: false, salt: FAR });
    expect(askedAfar(torrent)).toHaveLength(1);
  });

  it('is open again when whoever had it turns out to be elsewhere', () => {
    const torrent = aMember(1);
    const own = askedAfar(aMember(1));
    torrent.tell({ kind: 'everythingAnnounced', peer: 2 });
    torrent.tell({ kind: 'peerIntroduced', peer: 2, site: 'far', isDealer: false, salt: 2 });
    expect(askedAfar(torrent)).toEqual(expect.arrayContaining(own));
  });

  it('is not fetched from a seeder that has dealt everything by those who do not own it', () => {
    const others = askedAfar(aMember(2));
    const torrent = aMember(1, { has: 'everything', isDealer: true });
    const asked = askedAfar(torrent);
    expect(asked.filter((piece) => others.includes(piece))).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('is like any other where there are no sites', () => {
    const torrent = new ATorrent({
      geometry: aGeometry(PIECES),
      openPieces: PIECES,
      askedBlocks: 2 * PIECES * BLOCKS,
    });
    torrent.join(FAR, { has: 'everything' });
    torrent.join(1);
    expect(askedAfar(torrent)).toHaveLength(PIECES);
  });
});
