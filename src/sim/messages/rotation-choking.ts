import type { RandomStream } from '../kernel/random-stream.ts';
import type { ChokeChanges, MessageChoking } from './choking.ts';
import { type Connections, SIDE } from './connections.ts';
import type { WantedPieces } from './wanted-pieces.ts';

/** Every third round is for anybody, whatever it gives. */
const OPTIMISTIC_EVERY = 3;
/** What is left of the weight of bytes a round later. */
const KEPT = 0.6;

/** Interested sides: those that are served, and those that wait to be. */
const SERVED = SIDE.wanted | SIDE.serves;
const WAITING = SIDE.wanted;

/**
 * Each round chokes the interested peer that was unchoked before all others, and unchokes one that waits: who gives most,
 * anybody in every third round; and one that has everything, who was unchoked longest ago. A peer that lost its interest
 * keeps its unchoke and goes on when it is interested again, so the number of unchoked peers is not fixed. The rules of
 * SimGrid 3.32's example `app-bittorrent`.
 */
export class RotationChoking implements MessageChoking {
  readonly #connections: Connections;
  readonly #wanted: WantedPieces;
  readonly #chance: RandomStream;
  /** By side: bytes that the other has given lately; number of the unchoke, counted over the swarm. */
  readonly #given: Float64Array;
  readonly #unchokes: Float64Array;
  #lastUnchoke = 0;

  constructor(connections: Connections, wanted: WantedPieces, chance: RandomStream) {
    this.#connections = connections;
    this.#wanted = wanted;
    this.#chance = chance;
    this.#given = new Float64Array(connections.size);
    this.#unchokes = new Float64Array(connections.size);
  }

  met(): void {}

  received(side: number, bytes: number): void {
    this.#given[side]! += bytes;
  }

  sent(): void {}

  decide(peer: number, round: number): ChokeChanges {
    const { starts } = this.#connections;
    const sides = { start: starts[peer]!, end: starts[peer + 1]! };
    const served = this.#unchokedFirst(sides, SERVED);
    const next = this.#next(peer, round, sides);
    for (let side = sides.start; side < sides.end; side++) this.#given[side]! *= KEPT;
    if (next !== -1) this.#unchokes[next] = ++this.#lastUnchoke;
    return { choked: served === -1 ? [] : [served], unchoked: next === -1 ? [] : [next] };
  }

  #next(peer: number, round: number, sides: Sides): number {
    if (this.#wanted.hasAll(peer)) return this.#unchokedFirst(sides, WAITING);
    const isOptimistic = round % OPTIMISTIC_EVERY === OPTIMISTIC_EVERY - 1;
    return this.#best(sides, (side) => (isOptimistic ? 0 : this.#given[side]!));
  }

  /** Of the sides in that state, the one with the oldest unchoke; -1 if there is none. */
  #unchokedFirst({ start, end }: Sides, state: number): number {
    const { flags } = this.#connections;
    let first = -1;
    let oldest = Number.POSITIVE_INFINITY;
    for (let side = start; side < end; side++) {
      if ((flags[side]! & SERVED) !== state || this.#unchokes[side]! >= oldest) continue;
      first = side;
      oldest = this.#unchokes[side]!;
    }
    return first;
  }

  /** Of the sides that wait, the one of most worth; of equal ones any. */
  #best({ start, end }: Sides, worthOf: (side: number) => number): number {
    const { flags } = this.#connections;
    let best = -1;
    let most = -1;
    let equals = 0;
    for (let side = start; side < end; side++) {
      if ((flags[side]! & SERVED) !== WAITING) continue;
      const worth = worthOf(side);
      if (worth < most) continue;
      equals = worth === most ? equals + 1 : 1;
      most = worth;
      if (this.#chance.below(equals) === 0) best = side;
    }
    return best;
  }
}

/** Sides of one peer, those from `start` on and up to `end`. */
interface Sides {
  readonly start: number;
  readonly end: number;
}
