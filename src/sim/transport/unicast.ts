import { SERVER } from '../network/topology.ts';
import { type Arena, connectS, type Transport } from './transport.ts';

/** A machine that is served: its flow, and what has been sent and what is on its way [byte]. */
interface Served {
  readonly flow: number;
  sentBytes: number;
  sendingBytes: number;
}

/** The server sends the whole image to each machine over a connection of its own, to `wave` machines at a time. */
export class Unicast implements Transport {
  readonly #arena: Arena;
  readonly #wave: number;
  readonly #queue: number[] = [];
  readonly #dead = new Set<number>();
  readonly #served = new Map<number, Served>();
  /** What is sent at a time: page caches take whole pieces, and without them all is one. */
  readonly #partBytes: number;

  constructor(arena: Arena, wave: number) {
    this.#arena = arena;
    this.#wave = wave;
    const { disk, wireBytes, pieceBytes } = arena.model;
    this.#partBytes = disk.dirtyBytes > 0 ? pieceBytes : wireBytes;
  }

  join(machine: number): void {
    this.#queue.push(machine);
    this.#serve();
  }

  leave(machine: number): void {
    this.#dead.add(machine);
    const { network, ledger, connections } = this.#arena;
    const served = this.#served.get(machine);
    if (served && network.isRunning(served.flow)) {
      const { flow, sentBytes, sendingBytes } = served;
      ledger.wasted(SERVER, sentBytes + sendingBytes - connections.cancel(flow));
    }
    this.#served.delete(machine);
    this.#serve();
  }

  diagnose(): string {
    return 'the server never came to serve it';
  }

  #serve(): void {
    while (this.#served.size < this.#wave) {
      const machine = this.#queue.shift();
      if (machine === undefined) return;
      if (this.#dead.has(machine)) continue;
      const flow = this.#arena.network.open(this.#advance, machine);
      this.#served.set(machine, { flow, sentBytes: 0, sendingBytes: 0 });
      this.#arena.simulation.after(connectS(this.#arena.model), () => this.#send(machine));
    }
  }

  #send(machine: number): void {
    if (this.#dead.has(machine)) return;
    const { model, connections } = this.#arena;
    const served = this.#served.get(machine)!;
    served.sendingBytes = Math.min(this.#partBytes, model.wireBytes - served.sentBytes);
    connections.send(served.flow, {
      sender: SERVER,
      receiver: machine,
      piece: 0,
      bytes: served.sendingBytes,
    });
  }

  readonly #advance = (machine: number): void => {
    const served = this.#served.get(machine)!;
    this.#arena.connections.ended(served.flow);
    served.sentBytes += served.sendingBytes;
    if (served.sentBytes < this.#arena.model.wireBytes) return this.#send(machine);
    this.#finish(machine);
  };

  #finish(machine: number): void {
    const { model, ledger, simulation } = this.#arena;
    this.#served.delete(machine);
    ledger.received(SERVER, machine, model.wireBytes);
    simulation.trace.add(simulation.now, 'downloaded', machine);
    this.#arena.downloaded(machine);
    this.#serve();
  }
}
