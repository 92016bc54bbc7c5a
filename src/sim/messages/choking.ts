/** Whom a peer chokes and unchokes in a round, by its sides of the connections. */
export interface ChokeChanges {
  readonly choked: readonly number[];
  readonly unchoked: readonly number[];
}

/** Decides whom peers serve, in rounds. */
export interface MessageChoking {
  /** The owner of the side has got to know the other. */
  met(side: number): void;
  /** The owner of the side has received bytes from the other, or sent bytes to it. */
  received(side: number, bytes: number): void;
  sent(side: number, bytes: number): void;
  /** @param round its number since the peer's first, from 0 up; not every one is held */
  decide(peer: number, round: number): ChokeChanges;
}
