import { ClassicChoker, ROUND_MS } from '../../engine/swarm/policy/classic-choker.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Choking } from './choking.ts';
import { ExchangeCount } from './exchange-count.ts';
import type { Swarm } from './swarm.ts';

const ROUND_S = ROUND_MS / 1000;

/** When rounds are held, and what then happens. */
export interface RoundClock {
  readonly simulation: Simulation;
  /** To be called when somebody may have been unchoked. */
  unchoked(uploader: number): void;
}

/** What the choker of one peer goes by. */
interface Station {
  readonly choker: ClassicChoker;
  /** What each neighbour gave to the peer and took from it, in spans from one round to the next. */
  readonly given: ExchangeCount;
  readonly taken: ExchangeCount;
  /** When the peer met its first neighbour: a round then, and every ten seconds from there on [s]. */
  firstRoundS: number;
  /** Number of the next round that can be held. */
  nextRound: number;
  isCalled: boolean;
}

/**
 * Choking as classic clients do it: an unchoked neighbour fetches piece after piece, one at a time, until a round
 * chokes it; the piece that is on its way then still comes. Rounds before which nothing has changed are left out.
 */
export class ClassicChoking implements Choking {
  readonly #swarm: Swarm;
  readonly #clock: RoundClock;
  readonly #stations: readonly Station[];

  constructor(swarm: Swarm, clock: RoundClock) {
    this.#swarm = swarm;
    this.#clock = clock;
    this.#stations = Array.from(swarm.isHere, (_, peer) => ({
      choker: new ClassicChoker(swarm.uploads.limitOf(peer), swarm.chance),
      given: new ExchangeCount(),
      taken: new ExchangeCount(),
      firstRoundS: Number.NaN,
      nextRound: 0,
      isCalled: false,
    }));
  }

  next(uploader: number): number {
    const { uploads } = this.#swarm;
    const station = this.#stations[uploader]!;
    this.#callRound(uploader, station);
    for (const receiver of station.choker.unchoked) {
      if (!uploads.isServing(uploader, receiver) && this.#swarm.isInterested(receiver, uploader))
        return receiver;
    }
    return -1;
  }

  met(peer: number, neighbour: number): void {
    this.#meet(peer, neighbour);
    this.#meet(neighbour, peer);
  }

  parted(peer: number, neighbour: number): void {
    this.#part(peer, neighbour);
    this.#part(neighbour, peer);
  }

  exchanged(uploader: number, receiver: number, bytes: number): void {
    const [giver, taker] = [this.#stations[uploader], this.#stations[receiver]!];
    // A web seed is nobody's neighbour.
    if (!giver) return;
    giver.taken.add(receiver, bytes, this.#roundOf(giver));
    taker.given.add(uploader, bytes, this.#roundOf(taker));
  }

  #meet(peer: number, neighbour: number): void {
    const station = this.#stations[peer]!;
    station.choker.joined(neighbour);
    if (Number.isNaN(station.firstRoundS)) station.firstRoundS = this.#clock.simulation.now;
    this.#callRound(peer, station);
  }

  #part(peer: number, neighbour: number): void {
    const { choker, given, taken } = this.#stations[peer]!;
    choker.left(neighbour);
    given.forget(neighbour);
    taken.forget(neighbour);
  }

  /** Number of the last round, held or not. */
  #roundOf({ firstRoundS }: Station): number {
    return Math.floor((this.#clock.simulation.now - firstRoundS) / ROUND_S);
  }

  #callRound(uploader: number, station: Station): void {
    const hasMetAnybody = !Number.isNaN(station.firstRoundS);
    if (station.isCalled || !hasMetAnybody) return;
    const { simulation } = this.#clock;
    const round = Math.max(station.nextRound, Math.ceil((simulation.now - station.firstRoundS) / ROUND_S));
    station.isCalled = true;
    simulation.after(station.firstRoundS + round * ROUND_S - simulation.now, () => {
      station.nextRound = round + 1;
      this.#rechoke(uploader, station, round);
      this.#clock.unchoked(uploader);
      station.isCalled = false;
    });
  }

  #rechoke(uploader: number, { choker, given, taken }: Station, round: number): void {
    const { held, pieces, uploads } = this.#swarm;
    const exchanged = held.sizes[uploader] === pieces ? taken : given;
    choker.rechoke({
      nowMs: round * ROUND_MS,
      isInterested: (receiver) =>
        uploads.isServing(uploader, receiver) || this.#swarm.isInterested(receiver, uploader),
      exchangedBytes: (neighbour) => exchanged.bytesWith(neighbour, round),
    });
  }
}
