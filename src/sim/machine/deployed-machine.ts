import type { FixedPhases } from '../deployment-model.ts';
import { orderedCost } from '../network/disk-links.ts';
import type { Transfer } from '../network/flow-network.ts';
import { type Arena, isResumed, isStreamed, type Transport } from '../transport/transport.ts';
import type { BootStorm } from './boot-storm.ts';
import type { Server } from './server.ts';
import { StartUp } from './start-up.ts';

/** Start and end [s] by phase. */
export type PhaseClock = Record<string, [startS: number, endS: number]>;

/** Fixed phases between boot and download, in the order of the agent's. */
const PREPARING = ['register', 'metainfo', 'partition'] as const satisfies readonly (keyof FixedPhases)[];

const KILLED = 'it was killed, as the scenario asks';

/**
 * One machine from power-on to the restart: it goes through the phases of a deployment on virtual time. One whose power
 * was cut and came back goes through them again, and its phases are those of its last life.
 */
export class DeployedMachine {
  readonly number: number;
  phases: PhaseClock = {};
  doneS: number | null = null;
  /** Why it is out of action, in a sentence for people, or null. */
  failure: string | null = null;
  readonly poweredOnS: number;
  readonly #arena: Arena;
  readonly #transport: Transport;
  readonly #server: Server;
  readonly #storm: BootStorm | undefined;
  readonly #startUp: StartUp;
  /** Lives that are over: what was to happen in one of them does not happen any more. */
  #lives = 0;
  /** Whether its disk was written to, as far as anybody knows. */
  #hasJoined = false;
  /** When it comes back [s], while it is away; else Infinity. */
  #backAtS = Number.POSITIVE_INFINITY;
  /** What it last read or wrote as a whole. */
  #diskFlow: number | undefined;

  constructor(
    number: number,
    poweredOnS: number,
    place: { arena: Arena; transport: Transport; server: Server; storm: BootStorm | undefined },
  ) {
    this.number = number;
    this.poweredOnS = poweredOnS;
    this.#arena = place.arena;
    this.#transport = place.transport;
    this.#server = place.server;
    this.#storm = place.storm;
    this.#startUp = new StartUp(place.arena);
    this.#arena.simulation.after(poweredOnS, () => this.#powerOn());
  }

  /** The transport has brought the last piece. */
  downloaded(): void {
    if (this.failure !== null) return;
    this.#end('download');
    if (isStreamed(this.#arena.model)) return this.#verify();
    this.#useDisk('write', this.#decodedWrite(), () => this.#verify());
  }

  /** Whether nothing happens to it any more: it is done, or out of action for good. */
  get isOver(): boolean {
    return this.doneS !== null || (this.failure !== null && this.#backAtS === Number.POSITIVE_INFINITY);
  }

  /**
   * Its power is cut. One that is done serves nobody from then on, and has nothing to come back for; one that is away
   * already is so until the later of both times.
   * @param backAfterS seconds until it is powered on again; Infinity for never
   * @param why what is said of it if it does not come back
   */
  die(backAfterS = Number.POSITIVE_INFINITY, why = KILLED): void {
    const { simulation, connections } = this.#arena;
    if (this.doneS !== null) return this.#serveNobody();
    if (this.isOver) return;
    const backAtS = simulation.now + backAfterS;
    const isAway = this.failure !== null;
    if (isAway && backAtS <= this.#backAtS) return;
    this.#backAtS = backAtS;
    if (!isAway) this.#trace('died');
    this.#goOut(why, backAtS < Number.POSITIVE_INFINITY);
    connections.powerCut(this.number);
    if (backAtS < Number.POSITIVE_INFINITY) simulation.after(backAfterS, () => this.#comeBack(backAtS));
  }

  #serveNobody(): void {
    this.#trace('left');
    this.#transport.leave(this.number, false);
    this.#arena.connections.powerCut(this.number);
  }

  /** Its agent gives up for good. */
  fail(why: string): void {
    this.#trace('failed');
    this.#goOut(why, false);
  }

  #goOut(why: string, isBackLater: boolean): void {
    const { network, connections } = this.#arena;
    this.failure = why;
    this.#lives++;
    this.#storm?.leave(this.number);
    this.#startUp.cutOff();
    connections.readBack?.end(this.number);
    if (this.#diskFlow !== undefined && network.isRunning(this.#diskFlow)) network.cancel(this.#diskFlow);
    this.#transport.leave(this.number, isBackLater);
  }

  /** Where it was never powered on before, it comes when it would have come. */
  #comeBack(backAtS: number): void {
    if (backAtS !== this.#backAtS) return;
    this.#backAtS = Number.POSITIVE_INFINITY;
    this.failure = null;
    this.phases = {};
    if (this.#arena.simulation.now >= this.poweredOnS) this.#powerOn();
  }

  /** One whose power was cut before has none to be switched on with. */
  #powerOn(): void {
    if (this.failure !== null) return;
    this.#trace('poweredOn');
    this.#boot();
  }

  /** Firmware first, then what the machine loads. */
  #boot(): void {
    if (!this.#storm) return this.#pass('boot', () => this.#prepare(0));
    this.#begin('boot');
    const onBooted = () => {
      this.#end('boot');
      this.#prepare(0);
    };
    this.#after(this.#arena.model.phases.boot, () => this.#storm!.begin(this.number, onBooted));
  }

  #prepare(step: number): void {
    const phase = PREPARING[step];
    if (phase === undefined) return this.#scan();
    this.#pass(phase, () => this.#prepare(step + 1));
  }

  /** What an earlier life left on the disk is found by reading all that the image takes, from front to end. */
  #scan(): void {
    if (!this.#hasJoined || !isResumed(this.#arena.model)) return this.#askServer();
    this.#useDisk('scan', this.#read(this.#arena.model.wireBytes), () => this.#askServer());
  }

  /** It tells where the image is to be had: while it is down nobody begins. */
  #askServer(): void {
    this.#server.whenUp(this.#inThisLife(() => this.#join()));
  }

  #join(): void {
    const { connections, ledger } = this.#arena;
    this.#hasJoined = true;
    this.#begin('download');
    connections.readBack?.begin(this.number, ledger.downloaded[this.number]!);
    this.#trace('joined');
    this.#startUp.begin();
    this.#transport.join(this.number);
  }

  /** What waits in memory is written first, and nothing is read back twice. */
  #verify(): void {
    const { model, connections, simulation } = this.#arena;
    const startS = simulation.now;
    const readBytes = connections.readBack?.end(this.number) ?? 0;
    const leftBytes = model.disk.isReadBack ? model.wireBytes - readBytes : 0;
    const onFlushed = this.#inThisLife(() => {
      if (simulation.now > startS) this.phases.verify = [startS, simulation.now];
      if (leftBytes <= 0) return this.#finish();
      this.#useDisk('verify', this.#read(leftBytes), () => this.#finish(), startS);
    });
    connections.writeBehind.flush(this.number, onFlushed);
  }

  #finish(): void {
    this.#pass('finish', () => this.#done());
  }

  /** Lets the time of a fixed phase go by; one that takes no time is left out of the clock. */
  #pass(phase: keyof FixedPhases, onDone: () => void): void {
    const lastsS = this.#arena.model.phases[phase];
    if (lastsS === 0) return onDone();
    this.#begin(phase);
    this.#after(lastsS, () => {
      this.#end(phase);
      onDone();
    });
  }

  #done(): void {
    this.doneS = this.#arena.simulation.now;
    this.#trace('done');
    this.#transport.done?.(this.number);
  }

  /** Reads or writes from front to end, beside whatever else the disk has to do. */
  #useDisk(
    phase: 'scan' | 'write' | 'verify',
    use: Transfer,
    onDone: () => void,
    startS = this.#arena.simulation.now,
  ): void {
    const { network } = this.#arena;
    if (use.path.length === 0) return onDone();
    this.phases[phase] = [startS, Number.NaN];
    const flow = network.open(() => {
      this.#end(phase);
      onDone();
    });
    this.#diskFlow = flow;
    network.start(flow, use);
  }

  #read(wireBytes: number): Transfer {
    const { model, topology } = this.#arena;
    const bytes = wireBytes * orderedCost(model, 'read');
    return { path: topology.readPath(this.number), bytes, capBps: Number.POSITIVE_INFINITY };
  }

  /**
   * From where the image was stored in its wire encoding through the decoder on to the disk. Bytes in order cost the disk
   * less than its link counts, and the decoder, which has nothing else to do, as much as ever.
   */
  #decodedWrite(): Transfer {
    const { model, topology } = this.#arena;
    const { disk, wireBytes, rawBytes } = model;
    const path = topology.writePath(this.number);
    const cost = orderedCost(model, 'write');
    const isDiskFree = path.length === 0 || cost === 0;
    if (isDiskFree)
      return { path: topology.decodePath(this.number), bytes: wireBytes, capBps: Number.POSITIVE_INFINITY };
    return { path, bytes: wireBytes * cost, capBps: disk.decodeBps * (wireBytes / rawBytes) * cost };
  }

  /** Runs `action` so many seconds from now, if the machine lives until then. */
  #after(delayS: number, action: () => void): void {
    this.#arena.simulation.after(delayS, this.#inThisLife(action));
  }

  #inThisLife(action: () => void): () => void {
    const lives = this.#lives;
    return () => {
      if (this.#lives === lives) action();
    };
  }

  #begin(phase: string): void {
    this.phases[phase] = [this.#arena.simulation.now, Number.NaN];
  }

  #end(phase: string): void {
    this.phases[phase]![1] = this.#arena.simulation.now;
  }

  #trace(kind: 'poweredOn' | 'joined' | 'died' | 'failed' | 'done' | 'left'): void {
    const { simulation } = this.#arena;
    simulation.trace.add(simulation.now, kind, this.number);
  }
}
