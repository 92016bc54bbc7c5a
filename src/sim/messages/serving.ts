import type { Simulation } from '../kernel/simulation.ts';
import type { BlockLinks } from './block-links.ts';
import type { MessageChoking } from './choking.ts';
import { type Connections, SIDE } from './connections.ts';
import { MESSAGE } from './message.ts';
import type { Post } from './post.ts';
import type { RoundClock } from './round-clock.ts';
import type { WantedPieces } from './wanted-pieces.ts';

/**
 * Rounds that each peer holds, in the mean, while no block is on its way; no more are held then, so that a run ends. Where
 * rounds are not much longer than it takes to read an unchoke and a request, each request can come just after its choke.
 */
const VAIN_ROUNDS = 1000;

/** What the serving of a swarm works with. */
interface ServingParts {
  readonly simulation: Simulation;
  readonly clock: RoundClock;
  readonly connections: Connections;
  readonly post: Post;
  readonly wanted: WantedPieces;
  readonly choking: MessageChoking;
  readonly links: BlockLinks;
}

/** What a peer does for others: it chokes and unchokes them in rounds, and sends what unchoked ones ask for. */
export class Serving {
  readonly #parts: ServingParts;
  /** By peer: how many others are interested; its next round; the event of that, and whether it is scheduled. */
  readonly #interested: Int32Array;
  readonly #nextRounds: Int32Array;
  readonly #events: Int32Array;
  readonly #isCalled: Uint8Array;
  /** Transfers on their way, and rounds of all peers since there was one. */
  #transfers = 0;
  #vainRounds = 0;

  constructor(peers: number, parts: ServingParts) {
    this.#parts = parts;
    this.#interested = new Int32Array(peers);
    this.#nextRounds = new Int32Array(peers);
    this.#events = Int32Array.from({ length: peers }, (_, peer) => parts.simulation.open(this.#hold, peer));
    this.#isCalled = new Uint8Array(peers);
  }

  /** A peer's first round is held in any case: an optimistic unchoke need not wait for interest. */
  join(peer: number): void {
    this.#callRound(peer);
  }

  interested(side: number): void {
    const peer = this.#parts.connections.owners[side]!;
    this.#parts.connections.set(side, SIDE.wanted);
    if (this.#interested[peer]!++ === 0) this.#callRound(peer);
  }

  notInterested(side: number): void {
    this.#parts.connections.unset(side, SIDE.wanted);
    this.#interested[this.#parts.connections.owners[side]!]!--;
  }

  /** What a choked peer has asked for before it knew is passed over. @param first block, counted from the first of the image */
  request(side: number, first: number): void {
    const { connections, links } = this.#parts;
    if (!connections.has(side, SIDE.serves)) {
      if (connections.has(side, SIDE.ends)) connections.set(side, SIDE.ignored);
      return;
    }
    connections.set(side, SIDE.sends);
    this.#transfers++;
    this.#vainRounds = 0;
    links.send(side, first);
  }

  /** The last byte of what was asked for has left. */
  sent(side: number, first: number): void {
    const { choking, connections, post } = this.#parts;
    this.#transfers--;
    choking.sent(side, this.#parts.links.bytesFrom(first));
    post.send(side, MESSAGE.piece, first);
    if (connections.has(side, SIDE.ends)) {
      post.send(side, MESSAGE.choke);
      if (connections.has(side, SIDE.serves)) post.send(side, MESSAGE.unchoke);
    }
    connections.unset(side, SIDE.sends | SIDE.ends | SIDE.ignored);
  }

  #callRound(peer: number): void {
    if (this.#isCalled[peer] === 1) return;
    const { clock, simulation } = this.#parts;
    const round = Math.max(this.#nextRounds[peer]!, clock.nextOf(peer));
    this.#nextRounds[peer] = round;
    this.#isCalled[peer] = 1;
    simulation.schedule(this.#events[peer]!, Math.max(simulation.now, clock.timeOf(peer, round)));
  }

  readonly #hold = (peer: number): void => {
    const round = this.#nextRounds[peer]!++;
    this.#isCalled[peer] = 0;
    const { choked, unchoked } = this.#parts.choking.decide(peer, round);
    for (const side of choked) this.#choke(side);
    for (const side of unchoked) this.#unchoke(side);
    if (this.#transfers === 0) this.#vainRounds++;
    const isStuck = this.#vainRounds > VAIN_ROUNDS * this.#nextRounds.length;
    // Rounds in which nobody is interested are left out: nobody would be served otherwise than before.
    if (this.#interested[peer]! > 0 && !isStuck) this.#callRound(peer);
  };

  /** The choke goes behind the blocks that are on their way, as in a stream of bytes. */
  #choke(side: number): void {
    const { connections, post } = this.#parts;
    connections.unset(side, SIDE.serves);
    if (connections.has(side, SIDE.sends)) connections.set(side, SIDE.ends);
    else post.send(side, MESSAGE.choke);
  }

  /** Who has not been sent its choke yet goes on as if nothing had been, unless a request was lost on it. */
  #unchoke(side: number): void {
    const { connections, post } = this.#parts;
    connections.set(side, SIDE.serves);
    if (!connections.has(side, SIDE.ends)) post.send(side, MESSAGE.unchoke);
    else if (!connections.has(side, SIDE.ignored)) connections.unset(side, SIDE.ends);
  }
}
