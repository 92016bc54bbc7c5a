import type { DeploymentModel, MulticastModel } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { multicastRounds } from './multicast-rounds.ts';
import { type Arena, isStreamed, type Transport } from './transport.ts';

/**
 * The server sends to all at once, at a rate that the slowest of them bears, and repairs in rounds. It starts when all
 * machines are there and have waited `waitS`. A machine that dies is waited for no longer, but its losses are repaired
 * until the end: the sender cannot tell.
 */
export class Multicast implements Transport {
  readonly #arena: Arena;
  readonly #settings: MulticastModel;
  readonly #here = new Set<number>();
  readonly #dead = new Set<number>();
  #hasStarted = false;

  constructor(arena: Arena, settings: MulticastModel) {
    this.#arena = arena;
    this.#settings = settings;
  }

  join(machine: number): void {
    this.#here.add(machine);
    this.#startWhenComplete();
  }

  leave(machine: number): void {
    this.#dead.add(machine);
    this.#here.delete(machine);
    this.#startWhenComplete();
  }

  diagnose(): string {
    return 'the sender was still waiting for receivers';
  }

  #startWhenComplete(): void {
    const { machines } = this.#arena.model;
    if (this.#hasStarted || this.#here.size === 0) return;
    if (this.#here.size + this.#dead.size < machines.length) return;
    this.#hasStarted = true;
    this.#arena.simulation.after(this.#settings.waitS, () => this.#send());
  }

  /** All rounds are drawn at once and put on the clock. */
  #send(): void {
    const { model, ledger, randomSeed } = this.#arena;
    const receivers = [...this.#here];
    const rateBps = senderRate(model, this.#settings, receivers);
    const packets = Math.ceil(model.wireBytes / this.#settings.packetBytes);
    const packetS = model.wireBytes / packets / rateBps;
    const stream = new RandomStream(randomSeed, 'loss');
    let startS = 0;
    let sent = 0;
    for (const round of multicastRounds(receivers.length, packets, { loss: model.loss, stream })) {
      for (const { receiver, afterPackets } of round.completed) {
        this.#completeAfter(startS + afterPackets * packetS, receivers[receiver]!);
      }
      startS += round.packets * packetS + this.#settings.roundS;
      sent += round.packets;
    }
    ledger.uploaded[SERVER]! += (sent / packets) * model.wireBytes;
    ledger.wastedBytes += (sent / packets - 1) * model.wireBytes;
  }

  #completeAfter(delayS: number, machine: number): void {
    const { model, ledger, simulation } = this.#arena;
    simulation.after(delayS + model.latencyS, () => {
      if (this.#dead.has(machine)) return;
      ledger.downloaded[machine]! += model.wireBytes;
      simulation.trace.add(simulation.now, 'downloaded', machine);
      this.#arena.downloaded(machine);
    });
  }
}

/** The slowest link, and the slowest disk where it is written to at once, rule [byte/s]. */
function senderRate(model: DeploymentModel, { rateBps }: MulticastModel, receivers: number[]): number {
  const machines = receivers.map((receiver) => model.machines[receiver - 1]!);
  const away = [...new Set(machines.map(({ site }) => site))].filter((site) => site !== 0);
  return Math.min(
    rateBps,
    model.server.upBps,
    ...machines.map(({ link }) => link.downBps),
    ...away.map((site) => Math.min(model.sites[0]!.wan.upBps, model.sites[site]!.wan.downBps)),
    isStreamed(model) ? diskBps(model) : Number.POSITIVE_INFINITY,
  );
}

/** The slower of decoder and disk [wire byte/s]. */
function diskBps({ disk, wireBytes, rawBytes }: DeploymentModel): number {
  const writeBps = disk.isShared ? Math.min(disk.readBps, disk.writeBps) : disk.writeBps;
  return (Math.min(writeBps, disk.decodeBps) * wireBytes) / rawBytes;
}
