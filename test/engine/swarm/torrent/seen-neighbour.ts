import type { BlockAddress } from '../../../../src/engine/swarm/wire/message.ts';

/** What an onlooker on the wire knows of a neighbour. */
export interface Seen {
  readonly hasFast: boolean;
  readonly pieces: Set<number>;
  /** Of these it has rejected a block while it let us ask. */
  readonly refused: Set<number>;
  /** Blocks that it was asked for, by key. */
  readonly asked: Map<string, BlockAddress>;
  /** Blocks that were cancelled and that it has not answered, by key; only with the fast extension. */
  readonly cancelled: Set<string>;
  /** A block of it that is coming in, and whether it was given a place. */
  arriving: { readonly block: BlockAddress; readonly isTaken: boolean } | undefined;
  letsUsAsk: boolean;
  /** When it last gave us a block, or began to owe us some. */
  heardAtMs: number;
  isGranted: boolean;
  isInterested: boolean;
  /** Requests of it that were neither served nor rejected. */
  readonly requests: string[];
  /** Blocks that were handed to its connection and have not left. */
  readonly unsent: BlockAddress[];
  areWeInterested: boolean;
}

/** A neighbour that has just joined. */
export function newlySeen(hasFast: boolean): Seen {
  return {
    hasFast,
    pieces: new Set(),
    refused: new Set(),
    asked: new Map(),
    cancelled: new Set(),
    arriving: undefined,
    letsUsAsk: false,
    heardAtMs: Number.NEGATIVE_INFINITY,
    isGranted: false,
    isInterested: false,
    requests: [],
    unsent: [],
    areWeInterested: false,
  };
}

export function unsentBytes({ unsent }: Seen): number {
  return unsent.reduce((sum, { length }) => sum + length, 0);
}

/** Pieces that we may ask it for. */
export function openPieces({ pieces, refused }: Seen): Set<number> {
  return pieces.difference(refused);
}
