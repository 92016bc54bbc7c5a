import { describe, expect, it } from 'vitest';
import { ATorrent, aGeometry, havesTo, toldTo } from './a-torrent.ts';

/** A leecher with piece 0 and one slot, that of neighbour 1, who has asked for a block of it; neighbour 2 wants nothing. */
function aLeecherThatServes(): ATorrent {
  const torrent = new ATorrent({ slots: 1, geometry: aGeometry(40) });
  torrent.tell({ kind: 'pieceStored', piece: 0 });
  torrent.join(1, { isInterested: true });
  torrent.join(2);
  torrent.request(1, 0, 1);
  return torrent;
}

/** Pieces come to a torrent, one after the other. @returns what it brought about */
const store = (torrent: ATorrent, ...pieces: readonly number[]) =>
  pieces.flatMap((piece) => torrent.tell({ kind: 'pieceStored', piece }));

describe('news of a piece that has come', () => {
  it('goes to whom we serve with the next block', () => {
    const torrent = aLeecherThatServes();
    expect(toldTo(store(torrent, 1), 1)).toEqual([]);
    expect(toldTo(torrent.request(1, 0, 2), 1)).toEqual(['have', 'block', 'block']);
  });

  it('goes to whom we serve without a block where there is more of it', () => {
    expect(havesTo(store(aLeecherThatServes(), 1, 2), 1)).toEqual([1, 2]);
  });

  it('goes at once to whom we serve where nothing was asked for of late, or nothing at all', () => {
    const torrent = aLeecherThatServes();
    torrent.nowMs += 99;
    expect(havesTo(store(torrent, 1), 1)).toEqual([]);
    torrent.nowMs += 1;
    expect(havesTo(store(torrent, 2), 1)).toEqual([1, 2]);
    const unused = new ATorrent({ slots: 1, geometry: aGeometry(40) });
    unused.join(1, { isInterested: true });
    expect(havesTo(store(unused, 1), 1)).toEqual([1]);
  });

  it('does not keep waiting whom we serve and who has fallen silent', () => {
    const torrent = aLeecherThatServes();
    // Everybody is told of something, so that their time is not up.
    store(torrent, 1);
    torrent.pass(10);
    torrent.request(1, 0, 1);
    expect(havesTo(store(torrent, 2), 1)).toEqual([]);
    expect(havesTo(torrent.pass(99), 1)).toEqual([]);
    expect(havesTo(torrent.pass(1), 1)).toEqual([2]);
  });

  it('goes to the others twelve pieces at a time', () => {
    const torrent = aLeecherThatServes();
    const pieces = Array.from({ length: 12 }, (_, number) => number + 1);
    expect(havesTo(store(torrent, ...pieces.slice(0, 11)), 2)).toEqual([]);
    expect(havesTo(store(torrent, 12), 2)).toEqual(pieces);
  });

  it('goes to the others after three quarters of a second, be it one piece', () => {
    const torrent = aLeecherThatServes();
    store(torrent, 1);
    torrent.pass(750);
    store(torrent, 2);
    expect(havesTo(torrent.pass(749), 2)).toEqual([]);
    expect(havesTo(torrent.pass(1), 2)).toEqual([2]);
  });

  it('goes to everybody five times a second while a slot is free', () => {
    const torrent = new ATorrent({ slots: 1, geometry: aGeometry(40) });
    torrent.join(1);
    expect(havesTo(store(torrent, 0), 1)).toEqual([0]);
    expect(havesTo(store(torrent, 1), 1)).toEqual([]);
    expect(havesTo(torrent.pass(199), 1)).toEqual([]);
    expect(havesTo(torrent.pass(1), 1)).toEqual([1]);
  });

  it('is none to who has the piece', () => {
    const torrent = new ATorrent({ slots: 1, geometry: aGeometry(40) });
    torrent.join(1, { has: [0] });
    store(torrent, 0, 1);
    torrent.pass(1000);
    expect(havesTo(torrent.effects, 1)).toEqual([1]);
  });
});
