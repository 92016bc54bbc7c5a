import type { Arena } from '../transport/transport.ts';

/**
 * What a machine computes when its download begins, beside its bytes: on one processor at most, which it shares with the
 * flows of all machines. It is work of no bytes, so the network counts it as the bytes that would take as long.
 */
export class StartUp {
  readonly #arena: Arena;
  #flow: number | undefined;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  begin(): void {
    const { network, topology, model } = this.#arena;
    const { processors } = model;
    if (!processors) return;
    const { perMachineS, perByteS } = processors;
    this.#flow ??= network.open(() => {});
    const path = topology.processorsPath();
    network.start(this.#flow, { path, bytes: perMachineS / perByteS, capBps: 1 / perByteS });
  }

  /** The machine goes out. */
  cutOff(): void {
    const { network } = this.#arena;
    if (this.#flow !== undefined && network.isRunning(this.#flow)) network.cancel(this.#flow);
  }
}
