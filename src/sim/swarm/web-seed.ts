import { QuietSwarm, type SwarmSight } from '../../engine/swarm/policy/quiet-swarm.ts';
import type { WebSeedModel } from '../deployment-model.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { SwarmState } from './swarm.ts';

/** Our agent looks this often whether its swarm is quiet [s]. */
const REVIEW_S = 1;

/** What carries pieces, on slots that are taken. */
interface GrantsInFlight {
  /** Sends the piece. */
  begin(slot: number): void;
  /** Ends it before its time, and frees the slot. */
  abort(slot: number): void;
  /** Bytes of the piece that have arrived so far. */
  sentOn(slot: number): number;
}

/** A swarm, and what carries pieces in it. */
interface WebSeedPlace {
  readonly swarm: SwarmState;
  readonly machines: number;
  readonly simulation: Simulation;
  readonly grants: GrantsInFlight;
}

/**
 * A web server that has everything (BEP 19). It is nobody's neighbour and unchokes nobody: a machine that asks it fetches
 * one piece after the other, over a connection of its own. So it has a slot for each machine, the last slots of all.
 */
export class WebSeed {
  /** As a sender. */
  readonly number: number;
  readonly #place: WebSeedPlace;
  readonly #isAlwaysAsked: boolean;
  /** Slot of a machine, less its number. */
  readonly #slots: number;
  #isUp = true;
  /** By machine: 1 where it asks. */
  readonly #asks: Uint8Array;
  /** By machine: bytes that peers have brought to their end, of use or not. */
  readonly #brought: Float64Array;
  readonly #swarms: QuietSwarm[] = [];
  /** By machine: the event of its next look. */
  readonly #reviews: number[] = [];

  constructor({ use }: WebSeedModel, place: WebSeedPlace) {
    const { swarm, machines } = place;
    this.number = swarm.isHere.length;
    this.#place = place;
    this.#isAlwaysAsked = use === 'always';
    this.#slots = swarm.uploads.size - machines - 1;
    this.#asks = new Uint8Array(machines + 1);
    this.#brought = new Float64Array(machines + 1);
  }

  joined(machine: number): void {
    if (this.#isAlwaysAsked) {
      this.#asks[machine] = 1;
      return;
    }
    this.#swarms[machine] = new QuietSwarm();
    this.#reviews[machine] ??= this.#place.simulation.open(this.#review, machine);
    this.#reviewLater(machine);
  }

  left(machine: number): void {
    this.#asks[machine] = 0;
    const review = this.#reviews[machine];
    if (review !== undefined) this.#place.simulation.cancel(review);
    this.#cutOff(machine);
  }

  /** The machine fetches a piece, if it may, has none on its way and lacks one that nobody sends. */
  ask(machine: number): void {
    const { uploads, picking } = this.#place.swarm;
    const slot = this.#slots + machine;
    if (!this.#isUp || this.#asks[machine] === 0 || !uploads.isFree(slot)) return;
    const piece = picking.pick(machine, this.number);
    if (piece === -1) return;
    picking.claimed(machine, piece);
    uploads.take(slot, machine, piece);
    this.#place.grants.begin(slot);
  }

  /** A sender has brought so many bytes, and sends no more of that piece. */
  brought(sender: number, machine: number, bytes: number): void {
    if (sender !== this.number) this.#brought[machine]! += bytes;
  }

  /** Its server is killed. @returns machines whose pieces were cut off */
  stopped(): number[] {
    this.#isUp = false;
    return [...this.#asks.keys()].filter((machine) => machine > 0 && this.#cutOff(machine));
  }

  started(): void {
    this.#isUp = true;
    for (const machine of this.#asks.keys()) if (machine > 0) this.ask(machine);
  }

  /** What it was asked for it sends, also when the machine asks for no more. */
  readonly #review = (machine: number): void => {
    const { swarm, simulation } = this.#place;
    if (swarm.held.sizes[machine] === swarm.pieces) return;
    const isQuiet = this.#swarms[machine]!.isQuiet(simulation.now * 1000, this.#sightOf(machine));
    this.#asks[machine] = isQuiet ? 1 : 0;
    this.ask(machine);
    this.#reviewLater(machine);
  };

  #reviewLater(machine: number): void {
    const { simulation } = this.#place;
    simulation.schedule(this.#reviews[machine]!, simulation.now + REVIEW_S);
  }

  #sightOf(machine: number): SwarmSight {
    const { swarm, grants } = this.#place;
    let [peers, bytes] = [0, this.#brought[machine]!];
    for (const neighbour of swarm.neighbours.of(machine)) {
      peers += swarm.isHere[neighbour]!;
      const slot = swarm.uploads.slotOf(neighbour, machine);
      if (slot !== -1) bytes += grants.sentOn(slot);
    }
    return { peers, bytes };
  }

  /** @returns whether something was on its way */
  #cutOff(machine: number): boolean {
    const slot = this.#slots + machine;
    if (this.#place.swarm.uploads.isFree(slot)) return false;
    this.#place.grants.abort(slot);
    return true;
  }
}
