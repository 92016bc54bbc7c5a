import { grown } from '../kernel/grown.ts';
import { SERVER } from '../network/topology.ts';
import type { Neighbours } from './neighbours.ts';

const FIRST_ROOM = 4;

/** Neighbours that come and go, of a machine no more than it may have connections; the server has no limit. A peer whose place is full moves to the end, where it has twice the room. */
export class GrowingNeighbours implements Neighbours {
  members = new Int32Array(FIRST_ROOM);
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #rooms: Int32Array;
  readonly #mostConnections: number;
  #used = 0;

  constructor(peers: number, mostConnections = Number.POSITIVE_INFINITY) {
    this.#mostConnections = mostConnections;
    this.starts = new Int32Array(peers);
    this.ends = new Int32Array(peers);
    this.#rooms = new Int32Array(peers);
  }

  of(peer: number): Int32Array {
    return this.members.subarray(this.starts[peer], this.ends[peer]);
  }

  countOf(peer: number): number {
    return this.ends[peer]! - this.starts[peer]!;
  }

  areLinked(one: number, other: number): boolean {
    return this.of(one).includes(other);
  }

  hasRoom(peer: number): boolean {
    return peer === SERVER || this.countOf(peer) < this.#mostConnections;
  }

  /** Whether two are not linked, and both have room. */
  canLink(one: number, other: number): boolean {
    return one !== other && this.hasRoom(one) && this.hasRoom(other) && !this.areLinked(one, other);
  }

  /**
   * Links a peer to others that have room, until it has so many neighbours or no more room.
   * @returns those that it was not linked to before
   */
  connect(peer: number, others: Iterable<number>, wanted = Number.POSITIVE_INFINITY): number[] {
    const found: number[] = [];
    for (const other of others) {
      if (!this.hasRoom(peer) || this.countOf(peer) >= wanted) break;
      if (!this.canLink(peer, other)) continue;
      this.link(peer, other);
      found.push(other);
    }
    return found;
  }

  /** Two that were not. */
  link(one: number, other: number): void {
    this.#add(one, other);
    this.#add(other, one);
  }

  /** The peer has no neighbours any more. */
  unlink(peer: number): void {
    for (const neighbour of this.of(peer)) this.#remove(neighbour, peer);
    this.ends[peer] = this.starts[peer]!;
  }

  #add(peer: number, neighbour: number): void {
    if (this.countOf(peer) === this.#rooms[peer]) this.#move(peer);
    this.members[this.ends[peer]!++] = neighbour;
  }

  /** The last one takes the place that becomes free. */
  #remove(peer: number, neighbour: number): void {
    const place = this.starts[peer]! + this.of(peer).indexOf(neighbour);
    this.members[place] = this.members[--this.ends[peer]!]!;
  }

  #move(peer: number): void {
    const [start, end] = [this.starts[peer]!, this.ends[peer]!];
    const room = Math.max(FIRST_ROOM, 2 * this.#rooms[peer]!);
    while (this.members.length < this.#used + room) this.members = grown(this.members);
    this.members.copyWithin(this.#used, start, end);
    this.starts[peer] = this.#used;
    this.ends[peer] = this.#used + end - start;
    this.#rooms[peer] = room;
    this.#used += room;
  }
}
