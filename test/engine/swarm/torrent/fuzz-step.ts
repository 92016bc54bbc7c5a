import type { Geometry } from '../../../../src/engine/swarm/torrent/geometry.ts';
import type { BlockAddress } from '../../../../src/engine/swarm/wire/message.ts';

/** What can be done to a torrent; most deeds do nothing where nothing fits them. */
export type Deed =
  | 'join'
  | 'leave'
  | 'choke'
  | 'unchoke'
  | 'becomeInterested'
  | 'loseInterest'
  | 'have'
  | 'bitfield'
  | 'haveAll'
  | 'request'
  | 'requestNonsense'
  | 'cancel'
  | 'blockBegins'
  | 'blockEnds'
  | 'blockUnasked'
  | 'reject'
  | 'rejectNonsense'
  | 'blockLeaves'
  | 'blockSpoils'
  | 'store'
  | 'refute'
  | 'pass'
  | 'pause'
  | 'resume';

/** A deed, and numbers that say to whom and with what. */
export interface Step {
  readonly deed: Deed;
  readonly who: number;
  readonly what: number;
  readonly which: number;
}

/** What tells one block from another. */
export function keyOf({ piece, begin, length }: BlockAddress): string {
  return `${piece} ${begin} ${length}`;
}

/** Addresses that no block has, most of them outside the image. */
export function nonsense({ pieces, pieceBytes }: Geometry, which: number): BlockAddress {
  const all = [
    { piece: pieces, begin: 0, length: 1 },
    { piece: 0xffff_ffff, begin: 0xffff_ffff, length: 0xffff_ffff },
    { piece: 0, begin: pieceBytes, length: 1 },
    { piece: 0, begin: 0, length: 0 },
    { piece: pieces - 1, begin: pieceBytes - 1, length: pieceBytes },
  ];
  return all[which % all.length]!;
}
