import { SERVER } from '../network/topology.ts';
import type { Choking } from '../swarm/choking.ts';
import type { EndGame } from '../swarm/end-game.ts';
import { presentNeighbours } from '../swarm/neighbours.ts';
import type { Seeding } from '../swarm/seeding.ts';
import type { Swarm } from '../swarm/swarm.ts';
import type { WebSeed } from '../swarm/web-seed.ts';
import type { Grants } from './grants.ts';
import type { Arena } from './transport.ts';

/** What is late is so by more than rounding. */
const LATE_BY_S = 1e-6;

/** A swarm with its policies. */
interface ServingPlace {
  readonly swarm: Swarm;
  readonly seeding: Seeding;
  readonly choking: Choking;
  readonly grants: Grants;
  /** Left out where no piece can be late. */
  readonly endGame: EndGame | undefined;
  readonly webSeed: WebSeed | undefined;
}

/** Who is served next by whom, and with what. */
export class Serving {
  readonly #arena: Arena;
  readonly #place: ServingPlace;
  /** The event at which the seeder waits no more for what it has dealt. */
  readonly #lateness: number;

  constructor(arena: Arena, place: ServingPlace) {
    this.#arena = arena;
    this.#place = place;
    this.#lateness = arena.simulation.open(() => this.fill(SERVER));
  }

  /** Serves neighbours until all slots of the uploader are taken or nobody is to be served. */
  fill(uploader: number): void {
    const { isHere, uploads, slow } = this.#place.swarm;
    while (isHere[uploader] === 1) {
      const isFull = !uploads.hasFree(uploader);
      if (isFull && !slow?.canGiveWay(uploader)) break;
      const receiver = this.#nextReceiver(uploader);
      if (receiver === -1) break;
      if (!isFull) this.#serve(uploader, receiver);
      else if (slow!.isSlow(receiver, uploader)) break;
      else slow!.giveWay(uploader);
    }
    if (uploader === SERVER) this.#lookAgainWhenLate();
  }

  /** There may be something to send to this machine. */
  wake(receiver: number): void {
    for (const neighbour of presentNeighbours(this.#place.swarm, receiver)) this.fill(neighbour);
    this.#place.webSeed?.ask(receiver);
  }

  #serve(uploader: number, receiver: number): void {
    const { swarm, seeding, grants, endGame } = this.#place;
    const { uploads, picking } = swarm;
    const piece = uploader === SERVER ? seeding.pieceFor(receiver) : picking.pick(receiver, uploader);
    picking.claimed(receiver, piece);
    grants.begin(uploads.open(uploader, receiver, piece));
    endGame?.claimed(receiver);
  }

  /** The seeder that waits for pieces to arrive goes on without them, be it that nothing else happens. */
  #lookAgainWhenLate(): void {
    const { simulation } = this.#arena;
    const lateAfterS = this.#place.seeding.lateAfterMs() / 1000;
    if (lateAfterS > simulation.now && lateAfterS < Number.POSITIVE_INFINITY)
      simulation.schedule(this.#lateness, lateAfterS + LATE_BY_S);
  }

  #nextReceiver(uploader: number): number {
    const { swarm, seeding, choking } = this.#place;
    if (uploader === SERVER && seeding.isDealing()) {
      const receiver = seeding.nextReceiver();
      // It may have found that it need not wait any more.
      if (seeding.isDealing()) return receiver;
    }
    return swarm.held.sizes[uploader] === 0 ? -1 : choking.next(uploader);
  }
}
