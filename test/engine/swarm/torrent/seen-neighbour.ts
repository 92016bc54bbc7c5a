import type { BlockAddress } from '../../../../src/engine/swarm/wire/message.ts';

/** What an onlooker on the wire knows of a neighbour. */
export interface Seen {
  readonly hasFast: boolean;
  readonly pieces: Set<number>;
  /** Blocks that it was asked for, by key. */
  readonly asked: Map<string, BlockAddress>;
  /** A block of it that is coming in, and whether it was given a place. */
  arriving: { readonly block: BlockAddress; readonly isTaken: boolean } | undefined;
  letsUsAsk: boolean;
  isGranted: boolean;
  isInterested: boolean;
  /** Requests of it that were neither served nor rejected. */
  readonly requests: string[];
  unsentBytes: number;
  areWeInterested: boolean;
}

/** A neighbour that has just joined. */
export function newlySeen(hasFast: boolean): Seen {
  return {
    hasFast,
    pieces: new Set(),
    asked: new Map(),
    arriving: undefined,
    letsUsAsk: false,
    isGranted: false,
    isInterested: false,
    requests: [],
    unsentBytes: 0,
    areWeInterested: false,
  };
}
