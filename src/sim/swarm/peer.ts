import type { PiecePicker } from '../../engine/swarm/policy/picker/piece-picker.ts';
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
  /** Knows what it has, what is on its way to it, and how many of its neighbours, the seeder aside, have a piece. */
  readonly picker: PiecePicker;
  /** In the order in which they began; one at a time between the same two. */
  readonly uploads: Grant[];
  readonly downloads: Grant[];
}

/** A peer that is not here yet and has nothing. */
export function newPeer(
  number: number,
  slots: number,
  swarm: { pieces: number; neighbours: Int32Array; picker: PiecePicker },
): Peer {
  return {
    number,
    slots,
    neighbours: swarm.neighbours,
    isHere: false,
    held: new PieceSet(swarm.pieces),
    picker: swarm.picker,
    uploads: [],
    downloads: [],
  };
}

export function isServing(uploader: Peer, receiver: Peer): boolean {
  for (const grant of receiver.downloads) if (grant.uploader === uploader) return true;
  return false;
}

/** Adds the grant to what goes on at both ends. */
export function openGrant(grant: Grant): void {
  grant.uploader.uploads.push(grant);
  grant.receiver.downloads.push(grant);
  grant.receiver.picker.claimed(grant.piece);
}

/** Takes it away again; the piece stays claimed. */
export function closeGrant(grant: Grant): void {
  remove(grant, grant.uploader.uploads);
  remove(grant, grant.receiver.downloads);
}

function remove(grant: Grant, grants: Grant[]): void {
  grants.splice(grants.indexOf(grant), 1);
}
