import type { Simulation } from '../kernel/simulation.ts';
import type { SendingClock } from './sending-clock.ts';

/** A sender that waits for silent receivers. */
export interface PatientSender {
  /** What it is about to do. */
  readonly clock: SendingClock;
  /** How long it waits for an answer. */
  readonly dropAfterS: number;
  /** Told of each machine that it goes on without. */
  onDropped(machine: number): void;
}

/**
 * Receivers that do not answer a sender who asks all of them after every slice: nobody gets any more until each of them
 * is heard again, or the first has been silent for as long as the sender waits; then it drops all that are silent.
 */
export class SilentReceivers {
  readonly #simulation: Simulation;
  readonly #sender: PatientSender;
  readonly #silent = new Set<number>();
  /** How often the sender stood still: the end of an earlier wait means nothing. */
  #waits = 0;

  constructor(simulation: Simulation, sender: PatientSender) {
    this.#simulation = simulation;
    this.#sender = sender;
  }

  add(machine: number): void {
    const isFirst = this.#silent.size === 0;
    this.#silent.add(machine);
    if (isFirst) this.#wait(++this.#waits);
  }

  heardAgain(machine: number): void {
    if (this.#silent.delete(machine) && this.#silent.size === 0) this.#sender.clock.goOn();
  }

  #wait(wait: number): void {
    const { clock, dropAfterS } = this.#sender;
    clock.stop();
    this.#simulation.after(dropAfterS, () => {
      if (this.#waits === wait && this.#silent.size > 0) this.#dropAll();
    });
  }

  #dropAll(): void {
    const dropped = [...this.#silent];
    this.#silent.clear();
    this.#sender.clock.goOn();
    for (const machine of dropped) this.#sender.onDropped(machine);
  }
}
