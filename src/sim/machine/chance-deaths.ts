import type { FailureRate } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { DeployedMachine } from './deployed-machine.ts';

/** One that dies so often never gets far enough: without an end to it the simulation would have none. */
const MOST_DEATHS = 100;

/** What is said of a machine that died by chance, and of one that did so too often to be powered on again. */
const DIED_BY_CHANCE = 'it died by chance, as the scenario asks';
const DIED_TOO_OFTEN = `it died ${MOST_DEATHS} times by chance`;

/** Whether a machine's failure is chance at work, which a scenario that asks for it has to expect. */
export function isDeathByChance(failure: string): boolean {
  return failure === DIED_BY_CHANCE || failure === DIED_TOO_OFTEN;
}

/**
 * Machines die by chance at a constant rate, from when they are powered on until they are done. Where nothing else
 * happens any more chance does not strike either: it would only hide why the deployment has stalled.
 */
export class ChanceDeaths {
  readonly #simulation: Simulation;
  readonly #chance: RandomStream;
  /** Deaths that are on the clock. */
  #pending = 0;
  /** By machine: how often it died. */
  readonly #deaths = new Map<DeployedMachine, number>();

  constructor(simulation: Simulation, chance: RandomStream) {
    this.#simulation = simulation;
    this.#chance = chance;
  }

  /** From a time on [s] the machine may die. */
  expect(machine: DeployedMachine, rate: FailureRate, fromS: number): void {
    const atS = fromS + this.#chance.exponential(1 / rate.perS);
    this.#pending++;
    this.#simulation.after(atS - this.#simulation.now, () => {
      this.#pending--;
      if (machine.isOver || this.#simulation.pending === this.#pending) return;
      // A machine that is away does not die, and chance does not remember for how long it has not.
      if (machine.failure === null) this.#strike(machine, rate);
      if (!machine.isOver) this.expect(machine, rate, atS);
    });
  }

  #strike(machine: DeployedMachine, { comesBackAfterS }: FailureRate): void {
    const deaths = (this.#deaths.get(machine) ?? 0) + 1;
    this.#deaths.set(machine, deaths);
    if (deaths < MOST_DEATHS) machine.die(comesBackAfterS, DIED_BY_CHANCE);
    else machine.die(Number.POSITIVE_INFINITY, DIED_TOO_OFTEN);
  }
}
