import { SERVER } from '../network/topology.ts';
import { type Arena, connectS, isStreamed, type Transport } from './transport.ts';

/** The server sends the whole image to each machine over a connection of its own, to `wave` machines at a time. */
export class Unicast implements Transport {
  readonly #arena: Arena;
  readonly #wave: number;
  readonly #queue: number[] = [];
  readonly #dead = new Set<number>();
  /** Flow by machine that is served. */
  readonly #served = new Map<number, number>();

  constructor(arena: Arena, wave: number) {
    this.#arena = arena;
    this.#wave = wave;
  }

  join(machine: number): void {
    this.#queue.push(machine);
    this.#serve();
  }

  leave(machine: number): void {
    this.#dead.add(machine);
    const { network, ledger, model } = this.#arena;
    const flow = this.#served.get(machine);
    if (flow !== undefined && network.isRunning(flow))
      ledger.wasted(SERVER, model.wireBytes - network.cancel(flow));
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
      this.#served.set(machine, this.#arena.network.open(this.#finish, machine));
      this.#arena.simulation.after(connectS(this.#arena.model), () => this.#send(machine));
    }
  }

  #send(machine: number): void {
    if (this.#dead.has(machine)) return;
    const { model, network, topology } = this.#arena;
    network.start(this.#served.get(machine)!, {
      path: topology.path(SERVER, machine, { isWritten: isStreamed(model) }),
      bytes: model.wireBytes,
      capBps: model.connectionCapBps,
    });
  }

  readonly #finish = (machine: number): void => {
    const { model, ledger, simulation } = this.#arena;
    this.#served.delete(machine);
    ledger.received(SERVER, machine, model.wireBytes);
    simulation.trace.add(simulation.now, 'downloaded', machine);
    this.#arena.downloaded(machine);
    this.#serve();
  };
}
