import type { LinkModel, MulticastModel } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';
import { SERVER } from '../network/topology.ts';
import { CarouselListener, type Turning } from './carousel-listener.ts';
import { senderRate } from './sender-rate.ts';
import { SendingClock } from './sending-clock.ts';
import type { Arena, Transport } from './transport.ts';

/**
 * The server sends the image round and round, from when the first machine is there, for as long as somebody who hears it
 * lacks something, and nobody answers (a file carousel: FLUTE, RFC 6726, over ALC, RFC 5775). Who comes late joins in the
 * middle. Its rate is one that all machines of the deployment bear, those that are still to come among them, and it takes
 * that of every link that it crosses, whatever else does (`Topology.cast`). A machine whose cable is out misses what passes,
 * and when it is out for longer than `dropAfterS` nothing is sent for its sake until it is back; the image goes on from
 * where it stopped. A machine that comes back begins with nothing.
 */
export class Carousel implements Transport {
  readonly #arena: Arena;
  readonly #settings: MulticastModel;
  readonly #turning: Turning;
  readonly #rateBps: number;
  readonly #clock: SendingClock;
  /** Machines that came before the first packet was sent. */
  readonly #early = new Set<number>();
  readonly #listeners = new Map<number, CarouselListener>();
  /** Machines that something is sent for. */
  readonly #hearing = new Set<number>();
  /** Machines that have everything. */
  readonly #complete = new Set<number>();
  readonly #cutOff = new Set<number>();
  #isExpected = false;
  /** When the first packet arrives, by the clock of the carousel [s]; undefined before it has begun. */
  #firstS: number | undefined;
  #isStanding = true;
  /** Most that a listener heard pass of a carousel that takes no time. */
  #passedPackets = 0;

  constructor(arena: Arena, settings: MulticastModel) {
    const { model, simulation, randomSeed } = arena;
    this.#arena = arena;
    this.#settings = settings;
    const everybody = model.machines.map((_, place) => place + 1);
    const packets = Math.ceil(model.wireBytes / settings.packetBytes);
    this.#rateBps = senderRate(model, settings, everybody);
    this.#clock = new SendingClock(simulation);
    this.#clock.stop();
    this.#turning = {
      packets,
      packetS: model.wireBytes / packets / this.#rateBps,
      chance: { loss: model.loss, stream: new RandomStream(randomSeed, 'loss') },
      clock: this.#clock,
    };
  }

  join(machine: number): void {
    if (this.#firstS !== undefined) return this.#listen(machine);
    this.#early.add(machine);
    if (this.#isExpected) return;
    this.#isExpected = true;
    this.#arena.simulation.after(this.#settings.waitS, () => this.#begin());
  }

  leave(machine: number, isBackLater = false): void {
    this.#early.delete(machine);
    this.#listeners.get(machine)?.leave();
    this.#listeners.delete(machine);
    this.#hearing.delete(machine);
    const { model, ledger } = this.#arena;
    if (isBackLater && this.#complete.delete(machine)) ledger.downloaded[machine]! -= model.wireBytes;
    this.#turnOrStand();
  }

  linkChanged(machine: number, { downBps }: LinkModel): void {
    if (downBps === 0) return this.#cutOffFrom(machine);
    this.#cutOff.delete(machine);
    const listener = this.#listeners.get(machine);
    if (!listener) return;
    this.#hearing.add(machine);
    this.#turnOrStand();
    listener.heardAgain();
  }

  diagnose(): string {
    return 'it never heard all of the image';
  }

  #begin(): void {
    this.#firstS = this.#clock.now + this.#arena.model.latencyS;
    for (const machine of this.#early) this.#listen(machine);
    this.#early.clear();
  }

  #listen(machine: number): void {
    this.#hearing.add(machine);
    this.#turnOrStand();
    const fromS = Math.max(this.#clock.now, this.#firstS!);
    const listener = new CarouselListener(this.#turning, fromS, () => this.#heardAll(machine));
    this.#listeners.set(machine, listener);
    if (this.#cutOff.has(machine)) this.#cutOffFrom(machine);
  }

  #cutOffFrom(machine: number): void {
    this.#cutOff.add(machine);
    const listener = this.#listeners.get(machine);
    if (!listener) return;
    const outage = listener.cutOff();
    this.#arena.simulation.after(this.#settings.dropAfterS, () => {
      if (!listener.isIn(outage) || !this.#hearing.delete(machine)) return;
      this.#turnOrStand();
    });
  }

  #heardAll(machine: number): void {
    const { model, ledger, simulation } = this.#arena;
    this.#passedPackets = Math.max(this.#passedPackets, this.#listeners.get(machine)!.roundEnd);
    this.#listeners.delete(machine);
    this.#hearing.delete(machine);
    this.#complete.add(machine);
    ledger.downloaded[machine]! += model.wireBytes;
    this.#turnOrStand();
    simulation.trace.add(simulation.now, 'downloaded', machine);
    this.#arena.downloaded(machine);
  }

  /** It turns for those who hear it, and takes what it needs of their links. */
  #turnOrStand(): void {
    this.#count();
    this.#arena.topology.cast(this.#hearing, this.#rateBps);
    const stands = this.#hearing.size === 0;
    if (stands === this.#isStanding) return;
    this.#isStanding = stands;
    if (stands) this.#clock.stop();
    else this.#clock.goOn();
  }

  /** What has been sent by now; one copy was of use, unless nobody has got it. */
  #count(): void {
    const { model, ledger } = this.#arena;
    const copies = this.#passed / this.#turning.packets;
    ledger.uploaded[SERVER] = copies * model.wireBytes;
    ledger.wastedBytes = (copies - (this.#complete.size > 0 ? 1 : 0)) * model.wireBytes;
  }

  /** Packets that have passed. */
  get #passed(): number {
    const { packetS } = this.#turning;
    if (this.#firstS === undefined) return 0;
    if (packetS === 0) return this.#passedPackets;
    return Math.max(0, Math.round((this.#clock.now - this.#firstS) / packetS));
  }
}
