import type { PiecePicker } from '../../engine/swarm/policy/picker/piece-picker.ts';
import type { PieceSet } from '../../engine/swarm/policy/piece-set.ts';

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
  /** One at a time between the same two. */
  readonly uploads: Grant[];
  readonly downloads: Grant[];
}

/** A peer that is not here yet and has nothing. */
export function newPeer(
  number: number,
  slots: number,
  swarm: { neighbours: Int32Array; held: PieceSet; picker: PiecePicker },
): Peer {
  return {
    number,
    slots,
    neighbours: swarm.neighbours,
    isHere: false,
    held: swarm.held,
    picker: swarm.picker,
    uploads: [],
    downloads: [],
  };
}

export function isServing(uploader: Peer, receiver: Peer): boolean {
  // An uploader has few slots; a receiver may have many downloads.
  for (const grant of uploader.uploads) if (grant.receiver === receiver) return true;
  return false;
}

/** Adds the grant to what goes on at both ends. @param downloads of every peer, by number */
export function openGrant(grant: Grant, downloads: Uint32Array): void {
  const { uploader, receiver, piece } = grant;
  uploader.uploads.push(grant);
  receiver.downloads.push(grant);
  receiver.picker.claimed(piece);
  downloads[receiver.number]!++;
}

/** Takes it away again; the piece stays claimed. */
export function closeGrant(grant: Grant, downloads: Uint32Array): void {
  remove(grant, grant.uploader.uploads);
  remove(grant, grant.receiver.downloads);
  downloads[grant.receiver.number]!--;
}

function remove(grant: Grant, grants: Grant[]): void {
  const last = grants.pop()!;
  if (last !== grant) grants[grants.indexOf(grant)] = last;
}
