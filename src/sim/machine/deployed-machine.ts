import type { FixedPhases } from '../deployment-model.ts';
import { orderedCost } from '../network/disk-links.ts';
import { type Arena, isStreamed, type Transport } from '../transport/transport.ts';
import type { BootStorm } from './boot-storm.ts';

/** Start and end [s] by phase. */
export type PhaseClock = Record<string, [startS: number, endS: number]>;

/** Fixed phases between boot and download, in the order of the agent's. */
const PREPARING = ['register', 'metainfo', 'partition'] as const satisfies readonly (keyof FixedPhases)[];

/** One machine from power-on to the restart: it goes through the phases of a deployment on virtual time. */
export class DeployedMachine {
  readonly number: number;
  readonly phases: PhaseClock = {};
  doneS: number | null = null;
  isDead = false;
  readonly poweredOnS: number;
  readonly #arena: Arena;
  readonly #transport: Transport;
  readonly #storm: BootStorm | undefined;

  constructor(
    number: number,
    poweredOnS: number,
    place: { arena: Arena; transport: Transport; storm: BootStorm | undefined },
  ) {
    this.number = number;
    this.poweredOnS = poweredOnS;
    this.#arena = place.arena;
    this.#transport = place.transport;
    this.#storm = place.storm;
    this.#arena.simulation.after(poweredOnS, () => {
      this.#trace('poweredOn');
      this.#boot();
    });
  }

  /** The transport has brought the last piece. */
  downloaded(): void {
    if (this.isDead) return;
    this.#end('download');
    if (isStreamed(this.#arena.model)) return this.#verify();
    this.#useDisk('write', () => this.#verify());
  }

  die(): void {
    if (this.isDead || this.doneS !== null) return;
    this.isDead = true;
    this.#trace('died');
    this.#storm?.leave(this.number);
    this.#transport.leave(this.number);
  }

  /** Firmware first, then what the machine loads. */
  #boot(): void {
    if (!this.#storm) return this.#pass('boot', () => this.#prepare(0));
    if (this.isDead) return;
    this.#begin('boot');
    this.#arena.simulation.after(this.#arena.model.phases.boot, () => {
      if (this.isDead) return;
      this.#storm!.begin(this.number, () => {
        this.#end('boot');
        this.#prepare(0);
      });
    });
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

  /** What waits in memory is written first. */
  #verify(): void {
    const { model, connections, simulation } = this.#arena;
    const startS = simulation.now;
    connections.writeBehind.flush(this.number, () => {
      if (this.isDead) return;
      if (simulation.now > startS) this.phases.verify = [startS, simulation.now];
      if (!model.disk.isReadBack) return this.#finish();
      this.#useDisk('verify', () => this.#finish(), startS);
    });
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

  /** Reads or writes the whole image from front to end, beside whatever else the disk has to do. */
  #useDisk(phase: 'write' | 'verify', onDone: () => void, startS = this.#arena.simulation.now): void {
    const { network, model, topology } = this.#arena;
    const isWrite = phase === 'write';
    const path = isWrite ? topology.decodeAndWritePath(this.number) : topology.readPath(this.number);
    if (path.length === 0) return onDone();
    this.phases[phase] = [startS, Number.NaN];
    const flow = network.open(() => {
      if (this.isDead) return;
      this.#end(phase);
      onDone();
    });
    const bytes = model.wireBytes * orderedCost(model, isWrite ? 'write' : 'read');
    network.start(flow, { path, bytes, capBps: Number.POSITIVE_INFINITY });
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
