import type { PieceSet } from '../policy/piece-set.ts';
import type { BlockAddress, Message } from '../wire/message.ts';
import type { Geometry } from './geometry.ts';
import type { Neighbour } from './neighbour.ts';
import type { OwnPlace } from './site-gate.ts';

/** How a seeder shows what it has, piece by piece, to neighbours that are told at first that it has nothing. */
export interface Showing {
  /** Whether something is kept from somebody. */
  readonly isGoingOn: boolean;
  /** Whether it says itself who is served next: then what it has shown is waited for. */
  readonly isChoosing: boolean;
  /** Pieces that have been handed to connections, and whose receivers have not said that they have them. */
  arriving(nowMs: number): number;
  joined(neighbour: Neighbour): void;
  left(neighbour: Neighbour): void;
  /** A neighbour has said what it is. */
  introduced(neighbour: Neighbour): void;
  /** A neighbour with a grant turns out to be slow. */
  slowed(neighbour: Neighbour): void;
  /** A neighbour did not make use of its grant in time. */
  lapsed(neighbour: Neighbour): void;
  /** A neighbour wants nothing any more of what it knows of. */
  lostInterest(neighbour: Neighbour, nowMs: number): void;
  /** A neighbour has a piece. */
  announced(neighbour: Neighbour, piece: number, nowMs: number): void;
  /** While it chooses: who is served next of those that can receive, or -1. */
  nextReceiver(peers: Int32Array, canReceive: (neighbour: Neighbour) => boolean, nowMs: number): number;
  /** A neighbour is granted a piece's worth of bytes. */
  granted(neighbour: Neighbour, nowMs: number): void;
  /** A block was handed to the connection. */
  sent(neighbour: Neighbour, block: BlockAddress, nowMs: number): void;
  /** To be called now and then. */
  ticked(nowMs: number): void;
  /** Whether a neighbour may ask for a piece: it was told of it. */
  mayHave(neighbour: Neighbour, piece: number): boolean;
}

/** What is shown, and who hears of it. */
export interface ShowTable {
  readonly place: OwnPlace;
  readonly geometry: Geometry;
  /** What we have. */
  readonly held: PieceSet;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  /** What was shown to somebody and is not fetched for this time is not waited for. */
  readonly patienceMs: number;
  send(neighbour: Neighbour, message: Message): void;
}
