import { describe, expect, it } from 'vitest';
import { ClassicChoker } from '../../../../src/engine/swarm/policy/classic-choker.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';
import { ATorrent, aGeometry, BLOCKS, toldTo, whoIsTold } from './a-torrent.ts';

/** Two regular slots and the optimistic one, six interested neighbours numbered from 1, and the first round held. */
function aClassicTorrent(isSeed = true): ATorrent {
  const choker = new ClassicChoker(3, new RandomStream(1, 'swarm'));
  const torrent = new ATorrent({ isSeed, choker, geometry: aGeometry(40), openPieces: 40, sources: 6 });
  for (let peer = 1; peer <= 6; peer++) torrent.join(peer, { isInterested: true });
  torrent.pass(100);
  return torrent;
}

const unchokedIn = (torrent: ATorrent): number[] => {
  const unchoked = new Set<number>();
  for (const effect of torrent.effects) {
    if (effect.kind !== 'sendMessage' && effect.kind !== 'sendBehindBlocks') continue;
    if (effect.message.kind === 'unchoke') unchoked.add(effect.peer);
    if (effect.message.kind === 'choke') unchoked.delete(effect.peer);
  }
  return [...unchoked];
};

describe('classic choking', () => {
  it('unchokes as many as there are slots', () => {
    expect(unchokedIn(aClassicTorrent())).toHaveLength(3);
  });

  it('serves piece after piece without a word, and changes nothing between two rounds', () => {
    const torrent = aClassicTorrent();
    const [peer] = unchokedIn(torrent);
    const effects = [0, 1, 2].flatMap((piece) => torrent.request(peer!, piece));
    expect(toldTo(effects, peer!)).toEqual(Array.from({ length: 3 * BLOCKS }, () => 'block'));
    torrent.tell({ kind: 'lostInterest', peer: peer! });
    expect(whoIsTold(torrent.pass(9_000), 'choke')).toEqual([]);
  });

  it('of a seeder goes by who takes most, ten seconds later', () => {
    const torrent = aClassicTorrent();
    const takers = unchokedIn(torrent).slice(0, 2);
    for (const peer of takers) for (const piece of [0, 1]) torrent.request(peer, piece);
    torrent.pass(10_000);
    expect(unchokedIn(torrent)).toEqual(expect.arrayContaining(takers));
  });

  it('of a leecher goes by who gives most, ten seconds later', () => {
    const torrent = aClassicTorrent(false);
    const givers = [1, 2, 3, 4, 5, 6].filter((peer) => !unchokedIn(torrent).includes(peer)).slice(0, 2);
    for (const peer of givers) {
      torrent.tell({ kind: 'pieceAnnounced', peer, piece: peer });
      torrent.tell({ kind: 'unchoked', peer });
      torrent.deliver(peer, torrent.geometry.blockAt(peer, 0));
    }
    torrent.pass(10_000);
    expect(unchokedIn(torrent)).toEqual(expect.arrayContaining(givers));
  });

  it('chokes everybody while it is paused, and holds a round when it goes on', () => {
    const torrent = aClassicTorrent();
    torrent.tell({ kind: 'paused' });
    expect(unchokedIn(torrent)).toEqual([]);
    torrent.pass(20_000);
    expect(unchokedIn(torrent)).toEqual([]);
    torrent.tell({ kind: 'resumed' });
    torrent.pass(100);
    expect(unchokedIn(torrent)).toHaveLength(3);
  });
});
