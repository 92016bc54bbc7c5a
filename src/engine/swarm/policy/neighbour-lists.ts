/** Who knows whom in a swarm: all neighbours in one array, peer after peer, those of a peer in order. */
export class NeighbourLists {
  readonly members: Int32Array;
  /** By peer, and one more: where its neighbours begin in `members`. */
  readonly starts: Int32Array;
  /** By peer: the place behind its neighbours. */
  readonly ends: Int32Array;

  constructor(lists: readonly (readonly number[])[]) {
    this.starts = new Int32Array(lists.length + 1);
    for (const [peer, { length }] of lists.entries()) this.starts[peer + 1] = this.starts[peer]! + length;
    this.ends = this.starts.subarray(1);
    this.members = new Int32Array(this.starts[lists.length]!);
    for (const [peer, list] of lists.entries()) {
      this.members.set(list, this.starts[peer]);
      this.of(peer).sort();
    }
  }

  countOf(peer: number): number {
    return this.starts[peer + 1]! - this.starts[peer]!;
  }

  /** The neighbours of one peer. */
  of(peer: number): Int32Array {
    return this.members.subarray(this.starts[peer], this.starts[peer + 1]);
  }
}
