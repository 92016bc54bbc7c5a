import type { Neighbour } from './neighbour.ts';

/** Who may ask us for blocks, and until when. */
export interface Unchokes {
  joined(neighbour: Neighbour): void;
  left(neighbour: Neighbour): void;
  /** Something has changed: whoever can be served now is unchoked. */
  fill(nowMs: number): void;
  lostInterest(neighbour: Neighbour): void;
  /** A neighbour that is unchoked has asked for a block. */
  used(neighbour: Neighbour, nowMs: number): void;
  /** A neighbour that is choked has asked for a block: it has not heard of that yet. */
  missed(neighbour: Neighbour, nowMs: number): void;
  /** As many bytes as its grant was for have been handed to the connection. */
  spent(neighbour: Neighbour, nowMs: number): void;
  /** To be called now and then. */
  ticked(nowMs: number): void;
  /** Chokes everybody. */
  endAll(): void;
}

/** What unchokes go by, and what they bring about. */
export interface UnchokeTable {
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  /** Gives the neighbour a grant, and tells it so. */
  unchoke(neighbour: Neighbour, nowMs: number): void;
  /** Takes its grant away. */
  choke(neighbour: Neighbour): void;
  /** Gives it as many bytes more. */
  renew(neighbour: Neighbour, nowMs: number): void;
}
