import type { FixedPhases } from '../deployment-model.ts';
import { type Arena, isStreamed, type Transport } from '../transport/transport.ts';

/** Start and end [s] by phase. */
export type PhaseClock = Record<string, [startS: number, endS: number]>;

/** Fixed phases before the download, in the order of the agent's. */
const PREPARING = [
  'boot',
  'register',
  'partition',
  'metainfo',
] as const satisfies readonly (keyof FixedPhases)[];

/** One machine from power-on to the restart: it goes through the phases of a deployment on virtual time. */
export class DeployedMachine {
  readonly number: number;
  readonly phases: PhaseClock = {};
  doneS: number | null = null;
  isDead = false;
  readonly poweredOnS: number;
  readonly #arena: Arena;
  readonly #transport: Transport;

  constructor(number: number, poweredOnS: number, place: { arena: Arena; transport: Transport }) {
    this.number = number;
    this.poweredOnS = poweredOnS;
    this.#arena = place.arena;
    this.#transport = place.transport;
    this.#arena.simulation.after(poweredOnS, () => {
      this.#trace('poweredOn');
      this.#prepare(0);
    });
  }

  /** The transport has brought the last piece. */
  downloaded(): void {
    if (this.isDead) return;
    this.#end('download');
    if (isStreamed(this.#arena.model)) return this.#verify();
    this.#useDisk('write', this.#arena.topology.writePath(this.number), () => this.#verify());
  }

  die(): void {
    if (this.isDead || this.doneS !== null) return;
    this.isDead = true;
    this.#trace('died');
    this.#transport.leave(this.number);
  }

  #prepare(step: number): void {
    if (this.isDead) return;
    const phase = PREPARING[step];
    if (phase === undefined) return this.#join();
    this.#pass(phase, () => this.#prepare(step + 1));
  }

  #join(): void {
    this.#begin('download');
    this.#trace('joined');
    this.#transport.join(this.number);
  }

  #verify(): void {
    if (!this.#arena.model.disk.isReadBack) return this.#finish();
    this.#useDisk('verify', this.#arena.topology.readPath(this.number), () => this.#finish());
  }

  #finish(): void {
    this.#pass('finish', () => this.#done());
  }

  /** Lets the time of a fixed phase go by; one that takes no time is left out of the clock. */
  #pass(phase: keyof FixedPhases, onDone: () => void): void {
    const lastsS = this.#arena.model.phases[phase];
    if (lastsS === 0) return onDone();
    this.#begin(phase);
    this.#arena.simulation.after(lastsS, () => {
      if (this.isDead) return;
      this.#end(phase);
      onDone();
    });
  }

  #done(): void {
    if (this.isDead) return;
    this.doneS = this.#arena.simulation.now;
    this.#trace('done');
    this.#transport.done?.(this.number);
  }

  /** Reads or writes the whole image, beside whatever else the disk has to do. */
  #useDisk(phase: 'write' | 'verify', path: readonly number[], onDone: () => void): void {
    if (path.length === 0) return onDone();
    this.#begin(phase);
    const { network, model } = this.#arena;
    const flow = network.open(() => {
      if (this.isDead) return;
      this.#end(phase);
      onDone();
    });
    network.start(flow, { path, bytes: model.wireBytes, capBps: Number.POSITIVE_INFINITY });
  }

  #begin(phase: string): void {
    this.phases[phase] = [this.#arena.simulation.now, Number.NaN];
  }

  #end(phase: string): void {
    this.phases[phase]![1] = this.#arena.simulation.now;
  }

  #trace(kind: 'poweredOn' | 'joined' | 'died' | 'done'): void {
    const { simulation } = this.#arena;
    simulation.trace.add(simulation.now, kind, this.number);
  }
}
