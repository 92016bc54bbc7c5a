import { PieceSet } from '../policy/piece-set.ts';
import type { RequestPipeline } from '../policy/request-pipeline.ts';
import type { BlockAddress } from '../wire/message.ts';

/** What a peer says of itself; empty as long as it has said nothing. */
export interface Introduced {
  /** Label of the place where it is. */
  site: string;
  /** It has everything and shows it piece by piece. */
  isDealer: boolean;
  /** Drawn from its name, the same wherever it is known. */
  salt: number;
}

/** What we know of a peer that we are connected to, and what is under way between us. */
export interface Neighbour extends Introduced {
  readonly peer: number;
  /** Speaks the fast extension (BEP 6): a choke rejects, one by one, what it does not serve. */
  readonly hasFast: boolean;

  // As a source.
  /** Pieces that it says it has. */
  readonly pieces: PieceSet;
  /** Those of them that we may ask it for: the same set, but for neighbours at other sites and what was refused. */
  open: PieceSet;
  /** Pieces that it has and did not serve, and until when it is not asked for them [ms]. */
  readonly refused: Map<number, number>;
  /** How many of those that are open have blocks that we want and have not asked anybody for. */
  wantedPieces: number;
  /** Counted among our sources: it owes us blocks, or did so a moment ago and lets us ask. */
  isCounted: boolean;
  /** It owes us blocks and hardly gives anything: not counted. */
  isWeak: boolean;
  areWeInterested: boolean;
  areWeUnchoked: boolean;
  /** Blocks that it owes us, by piece. */
  readonly asked: Map<number, Set<number>>;
  askedBlocks: number;
  /** Blocks whose requests were cancelled and have had no answer, a reject or the block (BEP 6). */
  readonly cancelled: Set<number>;
  /** How many it takes to keep its line busy. */
  readonly pipeline: RequestPipeline;
  /** When it last sent a block, or began to owe us some [ms]. */
  heardAtMs: number;
  /** It owed us blocks and sent none for too long. */
  isSnubbed: boolean;

  // As a receiver.
  isInterested: boolean;
  /** How many of the pieces that came to us it was told of, or need not be. */
  knownNews: number;
  /** The grant that it has, or undefined while it is choked. */
  grant: Grant | undefined;
  /** Blocks that it asked for and that have not been handed to the connection. */
  readonly queue: BlockAddress[];
  /** Grants that it has used up. */
  usedGrants: number;
  /** The last grant was not made use of: others come first. */
  isIdle: boolean;
  /** A grant that was given up, where nothing was heard since. */
  lapsed: Grant | undefined;
  /** Its grants take far longer than those of others. */
  isSlow: boolean;
  /** Bytes handed to the connection that have not left. */
  unsentBytes: number;
  /** How many blocks these are. */
  unsentBlocks: number;
  /** By piece that could not be read for it. */
  readonly withheld: Map<number, Withheld>;

  // As both.
  /** Bytes of blocks that it gave us and that it took from us. */
  givenBytes: number;
  takenBytes: number;
}

/** A piece that is not tried again for a neighbour. */
export interface Withheld {
  readonly untilMs: number;
  /** Blocks of it that were asked for since then. */
  requests: number;
}

/** An unchoke for a number of bytes. */
export interface Grant {
  leftBytes: number;
  /** Pieces that it has been for, one after the other. */
  pieces: number;
  /** Time in which blocks of it waited to leave, since it was made or renewed, up to `waitingSinceMs` [ms]. */
  waitedMs: number;
  waitingSinceMs: number;
  /** When the grant was made, or last made use of [ms]. */
  usedAtMs: number;
  isUsed: boolean;
}

export function newNeighbour(
  self: Pick<Neighbour, 'peer' | 'hasFast' | 'pipeline'>,
  pieces: number,
): Neighbour {
  const has = new PieceSet(pieces);
  return {
    ...self,
    site: '',
    pieces: has,
    open: has,
    refused: new Map(),
    salt: 0,
    isDealer: false,
    wantedPieces: 0,
    isCounted: false,
    isWeak: false,
    areWeInterested: false,
    areWeUnchoked: false,
    asked: new Map(),
    askedBlocks: 0,
    cancelled: new Set(),
    heardAtMs: 0,
    isSnubbed: false,
    isInterested: false,
    knownNews: 0,
    grant: undefined,
    queue: [],
    usedGrants: 0,
    isIdle: false,
    lapsed: undefined,
    isSlow: false,
    unsentBytes: 0,
    unsentBlocks: 0,
    withheld: new Map(),
    givenBytes: 0,
    takenBytes: 0,
  };
}
