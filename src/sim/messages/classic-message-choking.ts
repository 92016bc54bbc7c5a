import { ClassicChoker } from '../../engine/swarm/policy/classic-choker.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import { ExchangeCount } from '../swarm/exchange-count.ts';
import type { ChokeChanges, MessageChoking } from './choking.ts';
import { type Connections, SIDE } from './connections.ts';
import type { RoundClock } from './round-clock.ts';
import type { WantedPieces } from './wanted-pieces.ts';

/** What the choker of one peer goes by. */
interface Station {
  readonly choker: ClassicChoker;
  /** What each neighbour gave to the peer and took from it, in spans from one round to the next. */
  readonly given: ExchangeCount;
  readonly taken: ExchangeCount;
}

/** Choking by BEP 3. The policy knows peers by numbers: here these are sides. */
export class ClassicMessageChoking implements MessageChoking {
  readonly #connections: Connections;
  readonly #wanted: WantedPieces;
  readonly #stations: readonly Station[];
  readonly #clock: RoundClock;
  readonly #roundMs: number;

  constructor(
    { slots, roundS }: { slots: number; roundS: number },
    swarm: { connections: Connections; wanted: WantedPieces; chance: RandomStream },
    clock: RoundClock,
  ) {
    const { starts } = swarm.connections;
    this.#connections = swarm.connections;
    this.#wanted = swarm.wanted;
    this.#clock = clock;
    this.#roundMs = roundS * 1000;
    this.#stations = Array.from({ length: starts.length - 1 }, () => ({
      choker: new ClassicChoker(slots, swarm.chance),
      given: new ExchangeCount(),
      taken: new ExchangeCount(),
    }));
  }

  met(side: number): void {
    this.#stationOf(side).choker.joined(side);
  }

  received(side: number, bytes: number): void {
    this.#count(side, this.#stationOf(side).given, bytes);
  }

  sent(side: number, bytes: number): void {
    this.#count(side, this.#stationOf(side).taken, bytes);
  }

  decide(peer: number, round: number): ChokeChanges {
    const { choker, given, taken } = this.#stations[peer]!;
    const start = this.#connections.starts[peer]!;
    const exchanged = this.#wanted.hasAll(peer) ? taken : given;
    const before = choker.unchoked;
    const now = choker.rechoke({
      nowMs: round * this.#roundMs,
      isInterested: (side) => this.#connections.has(side, SIDE.wanted),
      exchangedBytes: (side) => exchanged.bytesWith(side - start, round),
    });
    return {
      choked: before.filter((side) => !now.includes(side)),
      unchoked: now.filter((side) => !before.includes(side)),
    };
  }

  #stationOf(side: number): Station {
    return this.#stations[this.#connections.owners[side]!]!;
  }

  #count(side: number, exchange: ExchangeCount, bytes: number): void {
    const peer = this.#connections.owners[side]!;
    exchange.add(side - this.#connections.starts[peer]!, bytes, this.#clock.lastOf(peer));
  }
}
