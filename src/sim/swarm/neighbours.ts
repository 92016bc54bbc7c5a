/** Who is linked to whom: the neighbours of a peer stand one after the other, between its start and its end. */
export interface Neighbours {
  readonly members: Int32Array;
  /** By peer: where its neighbours begin in `members`, and the place behind the last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  of(peer: number): Int32Array;
  countOf(peer: number): number;
}
