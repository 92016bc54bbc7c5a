import type { LinkModel, MulticastModel } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { RepairSwarm } from './repair-swarm.ts';
import { senderRate } from './sender-rate.ts';
import type { CastOrder, Sending } from './sending.ts';
import { SendingClock } from './sending-clock.ts';
import { SendingInRounds } from './sending-in-rounds.ts';
import { SendingInSlices } from './sending-in-slices.ts';
import { SendingOnce } from './sending-once.ts';
import { SilentReceivers } from './silent-receivers.ts';
import type { Arena, Transport } from './transport.ts';

/**
 * The server sends to all at once, at a rate that the slowest of them bears, and repairs in rounds, or slice by slice, or
 * sends once and has the machines fetch from it and from each other what they lack (`repair-swarm.ts`). It starts when all
 * machines are there and have waited `waitS`. A machine that falls silent in the middle, because its power or its cable is
 * cut, holds up all others until it is heard again, or the sender drops it, and repairs its losses no more. When nobody is
 * left it sends no more. As nobody boots or joins meanwhile, nothing else crosses the links that it fills.
 */
export class Multicast implements Transport {
  readonly #arena: Arena;
  readonly #settings: MulticastModel;
  readonly #here = new Set<number>();
  readonly #dead = new Set<number>();
  /** Machines whose cable is out. */
  readonly #cutOff = new Set<number>();
  /** Machines that are being sent to, and lack something. */
  readonly #receiving = new Set<number>();
  readonly #clock: SendingClock;
  readonly #silent: SilentReceivers;
  readonly #repairSwarm: RepairSwarm | undefined;
  #hasStarted = false;
  #sending: Sending | undefined;
  /** Whether anybody has got what was sent. */
  #isOfUse = false;

  constructor(arena: Arena, settings: MulticastModel) {
    this.#arena = arena;
    this.#settings = settings;
    this.#clock = new SendingClock(arena.simulation);
    this.#silent = new SilentReceivers(arena.simulation, {
      clock: this.#clock,
      dropAfterS: settings.dropAfterS,
      onDropped: (machine) => this.#drop(machine),
    });
    this.#repairSwarm = settings.repair && new RepairSwarm(arena, settings.packetBytes, settings.repair);
  }

  join(machine: number): void {
    this.#here.add(machine);
    this.#startWhenComplete();
  }

  leave(machine: number): void {
    this.#dead.add(machine);
    this.#here.delete(machine);
    this.#repairSwarm?.leave(machine);
    if (this.#receiving.has(machine)) this.#silent.add(machine);
    this.#startWhenComplete();
  }

  linkChanged(machine: number, { downBps }: LinkModel): void {
    if (downBps === 0) {
      this.#cutOff.add(machine);
      if (this.#receiving.has(machine)) this.#silent.add(machine);
    } else {
      this.#cutOff.delete(machine);
      if (!this.#dead.has(machine)) this.#silent.heardAgain(machine);
    }
  }

  diagnose(machine: number): string {
    if (this.#hasStarted && this.#repairSwarm) return this.#repairSwarm.diagnose(machine);
    return 'the sender was still waiting for receivers';
  }

  #startWhenComplete(): void {
    const { machines } = this.#arena.model;
    if (this.#hasStarted || this.#here.size === 0) return;
    if (this.#here.size + this.#dead.size < machines.length) return;
    this.#hasStarted = true;
    this.#arena.simulation.after(this.#settings.waitS, () => this.#send());
  }

  #send(): void {
    const receivers = [...this.#here];
    if (receivers.length === 0) return;
    for (const machine of receivers) this.#receiving.add(machine);
    this.#sending = this.#begin(this.#orderFor(receivers));
    for (const machine of receivers) if (this.#cutOff.has(machine)) this.#silent.add(machine);
  }

  #orderFor(receivers: readonly number[]): CastOrder {
    const { model, randomSeed } = this.#arena;
    const packets = Math.ceil(model.wireBytes / this.#settings.packetBytes);
    return {
      receivers,
      packets,
      packetS: model.wireBytes / packets / senderRate(model, this.#settings, receivers),
      latencyS: model.latencyS,
      chance: { loss: model.loss, stream: new RandomStream(randomSeed, 'loss') },
      clock: this.#clock,
      onComplete: (machine) => this.#complete(machine),
    };
  }

  #begin(order: CastOrder): Sending {
    const { slices, roundS } = this.#settings;
    const repairSwarm = this.#repairSwarm;
    if (repairSwarm) return new SendingOnce(order, (lost) => this.#sentOnce(lost, repairSwarm));
    return slices ? new SendingInSlices(order, { ...slices, roundS }) : new SendingInRounds(order, roundS);
  }

  /** One whose power was cut has failed before. */
  #drop(machine: number): void {
    this.#sending!.drop?.(machine);
    this.#receiving.delete(machine);
    if (this.#receiving.size === 0) this.#ended();
    if (!this.#dead.has(machine)) this.#arena.failed(machine, 'the sender dropped it, as it did not answer');
  }

  /** @param lost packets that each machine lost */
  #sentOnce(lost: ReadonlyMap<number, Int32Array>, repairSwarm: RepairSwarm): void {
    this.#isOfUse = this.#receiving.size > 0;
    if (this.#isOfUse) this.#ended();
    this.#receiving.clear();
    repairSwarm.begin(new Map([...lost].filter(([machine]) => !this.#dead.has(machine))));
  }

  #complete(machine: number): void {
    if (this.#dead.has(machine)) return;
    const { model, ledger, simulation } = this.#arena;
    this.#isOfUse = true;
    this.#receiving.delete(machine);
    if (this.#receiving.size === 0) this.#ended();
    ledger.downloaded[machine]! += model.wireBytes;
    simulation.trace.add(simulation.now, 'downloaded', machine);
    this.#arena.downloaded(machine);
  }

  /** Nobody is being sent to any more. One copy was of use, unless nobody has got it. */
  #ended(): void {
    const { model, ledger } = this.#arena;
    const copies = this.#sending!.sentPackets / Math.ceil(model.wireBytes / this.#settings.packetBytes);
    ledger.uploaded[SERVER]! += copies * model.wireBytes;
    ledger.wastedBytes += (copies - (this.#isOfUse ? 1 : 0)) * model.wireBytes;
  }
}
