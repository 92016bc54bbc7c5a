import type { Chance } from './chance.ts';

/**
 * Who knows whom: a random graph in which every peer has close to `degree` neighbours and all are connected, made of
 * random rings laid over one another; everybody knows everybody where the swarm is that small.
 * @param peers number of peers, the seeder among them
 * @returns neighbours by peer
 */
export function handOutPeers(peers: number, degree: number, chance: Chance): Int32Array[] {
  if (degree >= peers - 1) return Array.from({ length: peers }, (_, peer) => everybodyBut(peer, peers));
  const known = Array.from({ length: peers }, () => new Set<number>());
  const ring = Int32Array.from({ length: peers }, (_, peer) => peer);
  for (let rings = Math.ceil(degree / 2); rings > 0; rings--) {
    chance.shuffle(ring);
    for (const [place, peer] of ring.entries()) {
      const next = ring[(place + 1) % peers]!;
      known[peer]!.add(next);
      known[next]!.add(peer);
    }
  }
  return known.map((neighbours) => Int32Array.from(neighbours));
}

function everybodyBut(self: number, peers: number): Int32Array {
  return Int32Array.from({ length: peers - 1 }, (_, place) => (place < self ? place : place + 1));
}
