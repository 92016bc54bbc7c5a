/** Who knows whom in a swarm: all neighbours in one array, peer after peer, those of a peer in order. */
export class NeighbourLists {
  readonly members: Int32Array;
  /** By peer, and one more: where its neighbours begin in `members`. */
  readonly starts: Int32Array;

  /** @param lists neighbours by peer, and how many peers there are */
  constructor(lists: Iterable<Iterable<number>>, peers: number) {
    this.starts = new Int32Array(peers + 1);
    const members: number[] = [];
    let peer = 0;
    for (const list of lists) {
      members.push(...Int32Array.from(list).sort());
      this.starts[++peer] = members.length;
    }
    this.members = Int32Array.from(members);
  }

  countOf(peer: number): number {
    return this.starts[peer + 1]! - this.starts[peer]!;
  }

  /** The neighbours of one peer. */
  of(peer: number): Int32Array {
    return this.members.subarray(this.starts[peer], this.starts[peer + 1]);
  }
}
