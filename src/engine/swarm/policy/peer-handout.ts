import type { Chance } from './chance.ts';

/**
 * Who knows whom: a random graph in which everybody is connected and has `degree` neighbours (rounded up to even) or few
 * less, made of random rings laid over one another; everybody knows everybody where the swarm is that small.
 * @param peers number of peers, the seeder among them
 * @returns neighbours by peer
 */
export function handOutPeers(peers: number, degree: number, chance: Chance): Int32Array[] {
  if (degree >= peers - 1) return Array.from({ length: peers }, (_, peer) => everybodyBut(peer, peers));
  const known = Array.from({ length: peers }, () => new Set<number>());
  const most = Math.max(2, degree + (degree % 2));
  const ring = Int32Array.from({ length: peers }, (_, peer) => peer);
  // Rings overlap, the more the denser the graph: more than degree / 2 are laid, and nobody gets more than `most`.
  for (let rings = 2 * degree; rings > 0 && isSparse(known, degree); rings--)
    layRing(chance.shuffle(ring), known, most);
  return known.map((neighbours) => Int32Array.from(neighbours));
}

function isSparse(known: readonly Set<number>[], degree: number): boolean {
  return known.reduce((sum, neighbours) => sum + neighbours.size, 0) < known.length * degree;
}

function layRing(ring: Int32Array, known: readonly Set<number>[], most: number): void {
  for (const [place, peer] of ring.entries()) {
    const next = ring[(place + 1) % ring.length]!;
    if (known[peer]!.size >= most || known[next]!.size >= most) continue;
    known[peer]!.add(next);
    known[next]!.add(peer);
  }
}

function everybodyBut(self: number, peers: number): Int32Array {
  return Int32Array.from({ length: peers - 1 }, (_, place) => (place < self ? place : place + 1));
}
