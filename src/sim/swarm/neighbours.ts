/** Who is linked to whom: the neighbours of a peer stand one after the other, between its start and its end. */
export interface Neighbours {
  readonly members: Int32Array;
  /** By peer: where its neighbours begin in `members`, and the place behind the last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  of(peer: number): Int32Array;
  countOf(peer: number): number;
}

/** Neighbours of a peer that are here. */
export function* presentNeighbours(
  { neighbours, isHere }: { readonly neighbours: Neighbours; readonly isHere: Uint8Array },
  peer: number,
): Generator<number, void> {
  for (const neighbour of neighbours.of(peer)) if (isHere[neighbour] === 1) yield neighbour;
}
