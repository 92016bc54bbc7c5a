import { PieceSet } from '../../engine/swarm/policy/piece-set.ts';

/** Upload of one piece from one peer to another. */
export interface Grant {
  readonly uploader: Peer;
  readonly receiver: Peer;
  readonly piece: number;
  /** Flow number, once data flows. */
  flow: number | undefined;
}

/** What is known of one member of the swarm; peer 0 is the seeder. */
export interface Peer {
  readonly number: number;
  readonly slots: number;
  /** Neighbours by the tracker's handout, whether they are here yet or not. */
  readonly neighbours: Int32Array;
  isHere: boolean;
  /** Pieces it has; what the seeder has not dealt yet is not among them. */
  readonly held: PieceSet;
  /** Pieces that are on their way to it. */
  readonly claimed: PieceSet;
  /** By piece: how many of its neighbours, the seeder aside, have it. */
  readonly availability: Uint16Array;
  readonly uploads: Set<Grant>;
  readonly downloads: Set<Grant>;
}

/** A peer that is not here yet and has nothing. */
export function newPeer(
  number: number,
  slots: number,
  swarm: { pieces: number; neighbours: Int32Array },
): Peer {
  return {
    number,
    slots,
    neighbours: swarm.neighbours,
    isHere: false,
    held: new PieceSet(swarm.pieces),
    claimed: new PieceSet(swarm.pieces),
    availability: new Uint16Array(swarm.pieces),
    uploads: new Set(),
    downloads: new Set(),
  };
}

export function isServing(uploader: Peer, receiver: Peer): boolean {
  for (const grant of receiver.downloads) if (grant.uploader === uploader) return true;
  return false;
}
