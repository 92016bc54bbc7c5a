import type { NeighbourLists } from '../../engine/swarm/policy/neighbour-lists.ts';
import { PieceRows } from '../../engine/swarm/policy/piece-set.ts';

/** Bits of `Connections.flags`, each as the owner of the side sees it. */
export const SIDE = {
  /** The owner knows the other. */
  known: 1,
  /** The owner is interested, and has said so. */
  wants: 2,
  /** The other has said that it is interested. */
  wanted: 4,
  /** The owner has unchoked the other. */
  serves: 8,
  /** The other has unchoked the owner. */
  served: 16,
  /** Blocks are on their way from the owner to the other; and a choke follows them. */
  sends: 32,
  ends: 64,
  /** A request has been passed over while that choke waited: the other has to hear of it, also if it is unchoked again. */
  ignored: 128,
} as const;

/**
 * Connections of a swarm as arrays. Each has two sides, one of either peer, with what that peer knows and wants. Sides of
 * a peer lie in a row, in the order of its neighbours.
 */
export class Connections {
  /** By side: whose it is, who is at the other side, and the number of that side. */
  readonly owners: Int32Array;
  readonly others: Int32Array;
  readonly mirrors: Int32Array;
  /** By peer, and one more: its first side. */
  readonly starts: Int32Array;
  readonly flags: Uint8Array;
  /** What the owner knows that the other has; and a bitfield on its way to it, as it was sent. */
  readonly offered: PieceRows;
  readonly stated: PieceRows;
  /** The piece that the owner asks the other for, or -1. */
  readonly asked: Int32Array;

  constructor({ members, starts }: NeighbourLists, pieces: number) {
    const sides = members.length;
    this.others = members;
    this.starts = starts;
    this.owners = new Int32Array(sides);
    for (let peer = 0; peer + 1 < starts.length; peer++)
      this.owners.fill(peer, starts[peer], starts[peer + 1]);
    this.mirrors = mirrorsOf(members, starts);
    this.flags = new Uint8Array(sides);
    this.offered = new PieceRows(sides, pieces);
    this.stated = new PieceRows(sides, pieces);
    this.asked = new Int32Array(sides).fill(-1);
  }

  get size(): number {
    return this.others.length;
  }

  /** Whether all these bits are set. */
  has(side: number, bits: number): boolean {
    return (this.flags[side]! & bits) === bits;
  }

  set(side: number, bits: number): void {
    this.flags[side] = this.flags[side]! | bits;
  }

  /** Writes down what is stated in a bitfield from this side to the other. @param held by peer: what it has */
  state(side: number, held: PieceRows): void {
    const { words, span } = held;
    const from = this.owners[side]! * span;
    const to = this.mirrors[side]! * span;
    for (let place = 0; place < span; place++) this.stated.words[to + place] = words[from + place]!;
  }

  unset(side: number, bits: number): void {
    this.flags[side] = this.flags[side]! & ~bits;
  }
}

/** Neighbours stand in order, and so do those who come across a peer: each takes the next of its sides. */
function mirrorsOf(members: Int32Array, starts: Int32Array): Int32Array {
  const next = starts.slice();
  return members.map((other) => next[other]!++);
}
