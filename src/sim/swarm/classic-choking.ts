import { ClassicChoker, ROUND_MS } from '../../engine/swarm/policy/classic-choker.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Choking } from './choking.ts';
import { ExchangeCount } from './exchange-count.ts';
import { type Grant, isServing, type Peer } from './peer.ts';
import type { Swarm } from './swarm.ts';

const ROUND_S = ROUND_MS / 1000;

/** When rounds are held, and what then happens. */
export interface RoundClock {
  readonly simulation: Simulation;
  /** To be called when somebody may have been unchoked. */
  unchoked(uploader: Peer): void;
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
    this.#stations = swarm.peers.map(({ slots, neighbours }) => ({
      choker: new ClassicChoker(slots, swarm.chance),
      given: new ExchangeCount(neighbours.length),
      taken: new ExchangeCount(neighbours.length),
      firstRoundS: Number.NaN,
      nextRound: 0,
      isCalled: false,
    }));
  }

  next(uploader: Peer): Peer | undefined {
    const { peers } = this.#swarm;
    const station = this.#stations[uploader.number]!;
    this.#callRound(uploader, station);
    for (const number of station.choker.unchoked) {
      const receiver = peers[number]!;
      if (!isServing(uploader, receiver) && this.#swarm.isInterested(receiver, uploader)) return receiver;
    }
    return undefined;
  }

  met(peer: Peer, neighbour: Peer): void {
    this.#meet(peer, neighbour);
    this.#meet(neighbour, peer);
  }

  parted(peer: Peer, neighbour: Peer): void {
    this.#stations[peer.number]!.choker.left(neighbour.number);
    this.#stations[neighbour.number]!.choker.left(peer.number);
  }

  exchanged({ uploader, receiver }: Grant, bytes: number): void {
    const [giver, taker] = [this.#stations[uploader.number]!, this.#stations[receiver.number]!];
    giver.taken.add(uploader.neighbours.indexOf(receiver.number), bytes, this.#roundOf(giver));
    taker.given.add(receiver.neighbours.indexOf(uploader.number), bytes, this.#roundOf(taker));
  }

  #meet(peer: Peer, neighbour: Peer): void {
    const station = this.#stations[peer.number]!;
    station.choker.joined(neighbour.number);
    if (Number.isNaN(station.firstRoundS)) station.firstRoundS = this.#clock.simulation.now;
    this.#callRound(peer, station);
  }

  /** Number of the last round, held or not. */
  #roundOf({ firstRoundS }: Station): number {
    return Math.floor((this.#clock.simulation.now - firstRoundS) / ROUND_S);
  }

  #callRound(uploader: Peer, station: Station): void {
    if (station.isCalled) return;
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

  #rechoke(uploader: Peer, { choker, given, taken }: Station, round: number): void {
    const { peers, pieces } = this.#swarm;
    const exchanged = uploader.held.size === pieces ? taken : given;
    choker.rechoke({
      nowMs: round * ROUND_MS,
      isInterested: (number) =>
        isServing(uploader, peers[number]!) || this.#swarm.isInterested(peers[number]!, uploader),
      exchangedBytes: (number) => exchanged.bytesWith(uploader.neighbours.indexOf(number), round),
    });
  }
}
