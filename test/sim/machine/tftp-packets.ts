import { Simulation } from '../../../src/sim/kernel/simulation.ts';

/** Clients that fetch one file each by TFTP, all at once, packet by packet. Sizes in bytes, times in seconds. */
export interface TftpClients {
  readonly machines: number;
  readonly bytes: number;
  readonly blockBytes: number;
  readonly windowBlocks: number;
  readonly latencyS: number;
  readonly turnaroundS: number;
  readonly serviceS: number;
  /** The server's link, first in, first out [byte/s]. */
  readonly rateBps: number;
}

/**
 * What the flows of a boot storm stand for: every packet is made by the server's processor, sent over its link, and its
 * window answered by the client, one after the other.
 * @returns when the last client has its file
 */
export function lastFetchedS(clients: TftpClients): number {
  const { machines, blockBytes, bytes, windowBlocks, latencyS, turnaroundS } = clients;
  const simulation = new Simulation();
  const server = new PacketServer(simulation, clients);
  const blocks = Math.floor(bytes / blockBytes) + 1;
  let lastS = 0;

  const askFor = (first: number): void =>
    simulation.after(turnaroundS + latencyS, () => {
      const end = Math.min(first + windowBlocks, blocks);
      for (let block = first; block < end; block++) {
        const size = Math.min(blockBytes, bytes - block * blockBytes);
        server.send(size, () => {
          if (block < end - 1) return;
          if (end < blocks) return askFor(end);
          lastS = simulation.now;
        });
      }
    });
  for (let machine = 0; machine < machines; machine++) {
    // The request is answered by what was agreed on, at no cost but its way (RFC 2347).
    simulation.after(turnaroundS + 2 * latencyS, () => askFor(0));
  }
  simulation.run();
  return lastS;
}

class PacketServer {
  readonly #simulation: Simulation;
  readonly #clients: TftpClients;
  #madeAtS = 0;
  #sentAtS = 0;

  constructor(simulation: Simulation, clients: TftpClients) {
    this.#simulation = simulation;
    this.#clients = clients;
  }

  send(bytes: number, onArrived: () => void): void {
    const { serviceS, rateBps, latencyS } = this.#clients;
    const { now } = this.#simulation;
    this.#madeAtS = Math.max(this.#madeAtS, now) + serviceS;
    this.#sentAtS = Math.max(this.#sentAtS, this.#madeAtS) + bytes / rateBps;
    this.#simulation.after(this.#sentAtS + latencyS - now, onArrived);
  }
}
