import type { DeploymentModel, LinkModel, MulticastModel } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { processorsBps } from '../network/processors.ts';
import { SERVER } from '../network/topology.ts';
import { lossesOf, multicastRounds } from './multicast-rounds.ts';
import { RepairSwarm } from './repair-swarm.ts';
import { SendingClock } from './sending-clock.ts';
import { SilentReceivers } from './silent-receivers.ts';
import { type Arena, isStreamed, type Transport } from './transport.ts';

/**
 * The server sends to all at once, at a rate that the slowest of them bears, and repairs in rounds, or sends once and has
 * the machines fetch from it and from each other what they lack (`repair-swarm.ts`). It starts when all machines are
 * there and have waited `waitS`. A machine that falls silent in the middle, because its power or its cable is cut, holds
 * up all others until it is heard again, or the sender drops it; rounds repair its losses all the same, as long as there
 * are others. When nobody is left it sends no more.
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
  /** The first sending of all packets, and those of what was lost. */
  #rounds: SentRound[] = [];
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
    const { model, randomSeed } = this.#arena;
    const receivers = [...this.#here];
    if (receivers.length === 0) return;
    const packets = Math.ceil(model.wireBytes / this.#settings.packetBytes);
    const sending = {
      packets,
      packetS: model.wireBytes / packets / senderRate(model, this.#settings, receivers),
      stream: new RandomStream(randomSeed, 'loss'),
    };
    for (const machine of receivers) this.#receiving.add(machine);
    if (this.#repairSwarm) this.#sendOnce(receivers, sending, this.#repairSwarm);
    else this.#sendInRounds(receivers, sending);
    for (const machine of receivers) if (this.#cutOff.has(machine)) this.#silent.add(machine);
  }

  /** One whose power was cut has failed before. */
  #drop(machine: number): void {
    this.#receiving.delete(machine);
    if (this.#receiving.size === 0) this.#ended();
    if (!this.#dead.has(machine)) this.#arena.failed(machine, 'the sender dropped it, as it did not answer');
  }

  /** Losses of all are drawn before, so that a death does not change those of others. */
  #sendOnce(receivers: number[], { packets, packetS, stream }: Sending, repairSwarm: RepairSwarm): void {
    const { model } = this.#arena;
    const chance = { loss: model.loss, stream };
    const lost = new Map(receivers.map((machine) => [machine, lossesOf(packets, chance)]));
    this.#rounds = [{ startS: this.#clock.now, packets, packetS }];
    this.#clock.after(packets * packetS + model.latencyS, () => {
      this.#isOfUse = this.#receiving.size > 0;
      if (this.#isOfUse) this.#ended();
      this.#receiving.clear();
      for (const machine of this.#dead) lost.delete(machine);
      repairSwarm.begin(lost);
    });
  }

  /** All rounds are drawn at once and put on the clock. */
  #sendInRounds(receivers: number[], { packets, packetS, stream }: Sending): void {
    let startS = 0;
    for (const round of multicastRounds(receivers.length, packets, {
      loss: this.#arena.model.loss,
      stream,
    })) {
      for (const { receiver, afterPackets } of round.completed) {
        this.#completeAfter(startS + afterPackets * packetS, receivers[receiver]!);
      }
      this.#rounds.push({ startS: this.#clock.now + startS, packets: round.packets, packetS });
      startS += round.packets * packetS + this.#settings.roundS;
    }
  }

  #completeAfter(delayS: number, machine: number): void {
    const { model, ledger, simulation } = this.#arena;
    this.#clock.after(delayS + model.latencyS, () => {
      if (this.#dead.has(machine)) return;
      this.#isOfUse = true;
      this.#receiving.delete(machine);
      if (this.#receiving.size === 0) this.#ended();
      ledger.downloaded[machine]! += model.wireBytes;
      simulation.trace.add(simulation.now, 'downloaded', machine);
      this.#arena.downloaded(machine);
    });
  }

  /** Nobody is being sent to any more. One copy was of use, unless nobody has got it. */
  #ended(): void {
    const { model, ledger } = this.#arena;
    const { now } = this.#clock;
    const packets = this.#rounds.reduce((sum, round) => sum + sentBy(now, round), 0);
    const copies = packets / this.#rounds[0]!.packets;
    ledger.uploaded[SERVER]! += copies * model.wireBytes;
    ledger.wastedBytes += (copies - (this.#isOfUse ? 1 : 0)) * model.wireBytes;
  }
}

/** Packets that are sent one after the other, by the clock of the sending. */
interface SentRound {
  readonly startS: number;
  readonly packets: number;
  readonly packetS: number;
}

/** How many of them are sent by then. */
function sentBy(timeS: number, { startS, packets, packetS }: SentRound): number {
  if (packetS === 0) return packets;
  return Math.min(packets, Math.max(0, Math.round((timeS - startS) / packetS)));
}

/** One sending of all packets. */
interface Sending {
  readonly packets: number;
  /** Time that one packet takes [s]. */
  readonly packetS: number;
  /** What chance draws losses from. */
  readonly stream: RandomStream;
}

/** The slowest link, the slowest disk where it is written to at once, and shared processors rule [byte/s]. */
function senderRate(model: DeploymentModel, { rateBps }: MulticastModel, receivers: number[]): number {
  const machines = receivers.map((receiver) => model.machines[receiver - 1]!);
  const reached = new Set([0, ...machines.map(({ site }) => site)]);
  const away = [...reached].filter((site) => site !== 0);
  return Math.min(
    rateBps,
    model.server.upBps,
    ...machines.map(({ link }) => link.downBps),
    ...[...reached].map((site) => model.sites[site]!.backplaneBps ?? Number.POSITIVE_INFINITY),
    ...away.map((site) => Math.min(model.sites[0]!.wan.upBps, model.sites[site]!.wan.downBps)),
    processorsBps(model) / receivers.length,
    isStreamed(model) ? diskBps(model) : Number.POSITIVE_INFINITY,
  );
}

/** The slower of decoder and disk [wire byte/s]. */
function diskBps({ disk, wireBytes, rawBytes }: DeploymentModel): number {
  const writeBps = disk.isShared ? Math.min(disk.readBps, disk.writeBps) : disk.writeBps;
  return (Math.min(writeBps, disk.decodeBps) * wireBytes) / rawBytes;
}
