import { ADOPT_MS, OwnerPatience } from '../../engine/swarm/policy/owner-patience.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { SERVER } from '../network/topology.ts';
import type { Crossing } from './crossing.ts';
import { RepeatedSearch } from './repeated-search.ts';
import type { SwarmState } from './swarm.ts';

/** As in the engine (`torrent/offers.ts`), which looks ten times a second. */
const ADOPT_S = ADOPT_MS / 1000;
const LOOK_S = 1;

interface AdoptionPlace {
  readonly simulation: Simulation;
  readonly crossing: Crossing;
  /** Whether the server keeps pieces back. */
  readonly isDealing: () => boolean;
  /** More is open to a machine. */
  readonly opened: (machine: number) => void;
}

/**
 * Who has had nothing of its own to fetch from another site for five seconds takes, one after the other, pieces that their
 * owners have left there, but for owners at work; and, where nobody of its site has served it for as long, those that
 * others there have.
 */
export class Adoption {
  readonly #swarm: SwarmState;
  readonly #place: AdoptionPlace;
  readonly #search: RepeatedSearch;
  /** By machine: when there was last something of its own to fetch, and when its site last served it [s]. */
  readonly #farAtS: Float64Array;
  readonly #servedAtS: Float64Array;
  /** Machines that fetch what others own. */
  readonly #adopting = new Set<number>();
  readonly #patience = new Map<number, OwnerPatience>();

  constructor(swarm: SwarmState, place: AdoptionPlace) {
    this.#swarm = swarm;
    this.#place = place;
    this.#farAtS = new Float64Array(swarm.isHere.length);
    this.#servedAtS = new Float64Array(swarm.isHere.length);
    this.#search = new RepeatedSearch({
      simulation: place.simulation,
      everyS: LOOK_S,
      isLooking: (machine) => swarm.isHere[machine] === 1 && swarm.held.sizes[machine]! < swarm.pieces,
      look: (machine) => this.#look(machine),
    });
  }

  joined(machine: number): void {
    this.#farAtS[machine] = this.#place.simulation.now;
    this.#servedAtS[machine] = this.#place.simulation.now;
    // One that comes back begins anew.
    this.#adopting.delete(machine);
    this.#patience.set(machine, new OwnerPatience(this.#place.simulation.now * 1000));
    this.#search.joined(machine);
  }

  left(machine: number): void {
    this.#search.left(machine);
  }

  /** A piece has come to a machine, or was thrown away: those that had given up look again. */
  arrived(machine: number, uploader: number): void {
    const { crossing, simulation } = this.#place;
    if (crossing.isAcross(machine, uploader)) this.#patience.get(machine)?.brought(simulation.now * 1000);
    this.#search.wake();
  }

  #look(machine: number): boolean {
    const { now } = this.#place.simulation;
    const { uploads } = this.#swarm;
    const [far, near] = this.#neighboursOf(machine);
    const isBusy = far.some((peer) => this.#isSource(machine, peer));
    if (far.length === 0 || (isBusy && !this.#adopting.has(machine))) this.#farAtS[machine] = now;
    if (near.some((peer) => uploads.isServing(peer, machine))) this.#servedAtS[machine] = now;
    const isWaiting = now - this.#farAtS[machine]! < ADOPT_S;
    if (!isBusy && !isWaiting && this.#adopt(machine, far)) return true;
    return uploads.running > 0 || (far.length > 0 && !isBusy && isWaiting);
  }

  #isSource(machine: number, peer: number): boolean {
    const { uploads, picking } = this.#swarm;
    return uploads.isServing(peer, machine) || this.#place.crossing.has(machine, peer, picking.taken);
  }

  #adopt(machine: number, far: readonly number[]): boolean {
    const { crossing, simulation, isDealing, opened } = this.#place;
    const { chance, picking } = this.#swarm;
    this.#adopting.add(machine);
    const isForsaken = simulation.now - this.#servedAtS[machine]! >= ADOPT_S;
    const isAtWork = (owner: number): boolean =>
      this.#patience.get(owner)?.isAtWork(simulation.now * 1000) === true;
    for (const peer of far) {
      if (peer === SERVER && isDealing()) continue;
      const orphans = crossing.orphans(machine, peer, { taken: picking.taken, isForsaken, isAtWork });
      if (orphans.length === 0) continue;
      crossing.adopt(machine, orphans[chance.below(orphans.length)]!);
      opened(machine);
      // Else it would adopt again and again: what is adopted need not come, as where the server is said to bring it.
      return crossing.has(machine, peer, picking.taken) || this.#swarm.uploads.isServing(peer, machine);
    }
    return false;
  }

  /** At other sites and at its own. */
  #neighboursOf(machine: number): readonly [far: number[], near: number[]] {
    const { neighbours, isHere } = this.#swarm;
    const [far, near]: [number[], number[]] = [[], []];
    for (const peer of neighbours.of(machine))
      if (isHere[peer] === 1) (this.#place.crossing.isAcross(machine, peer) ? far : near).push(peer);
    return [far, near];
  }
}
