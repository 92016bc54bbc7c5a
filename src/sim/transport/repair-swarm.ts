import type { RepairModel } from '../deployment-model.ts';
import { lackingBytes } from './lost-packets.ts';
import { P2p } from './p2p.ts';
import type { Arena } from './transport.ts';

/**
 * What comes after one multicast: a swarm of machines that have nearly everything. A piece with a hole fails its hash, so
 * a machine passes it on only when it is whole, but fetches no more of it than the blocks that it lacks. What is whole
 * nowhere only the server has.
 */
export class RepairSwarm {
  readonly #arena: Arena;
  readonly #units: { readonly packetBytes: number; readonly blockBytes: number };
  readonly #swarm: P2p;

  constructor(arena: Arena, packetBytes: number, { swarm, blockBytes }: RepairModel) {
    this.#arena = arena;
    this.#units = { packetBytes, blockBytes };
    this.#swarm = new P2p(arena, swarm);
  }

  /** The multicast is over. @param lost packets that each machine lost that is still there, in order */
  begin(lost: ReadonlyMap<number, Int32Array>): void {
    const complete = [...lost].filter(([machine, packets]) => this.#endow(machine, packets));
    for (const machine of lost.keys()) this.#swarm.join(machine);
    const { simulation, downloaded } = this.#arena;
    for (const [machine] of complete) {
      simulation.trace.add(simulation.now, 'downloaded', machine);
      downloaded(machine);
    }
  }

  leave(machine: number): void {
    this.#swarm.leave(machine);
  }

  diagnose(machine: number): string {
    return this.#swarm.diagnose(machine);
  }

  /** @returns whether the machine has everything */
  #endow(machine: number, lost: Int32Array): boolean {
    const { model, ledger, connections } = this.#arena;
    const lacking = lackingBytes(model, lost, this.#units);
    let lackingInAll = 0;
    for (const [piece, bytes] of lacking.entries()) {
      lackingInAll += bytes;
      if (bytes === 0) connections.stored(machine, piece);
    }
    ledger.downloaded[machine]! += model.wireBytes - lackingInAll;
    this.#swarm.endow(machine, lacking);
    return lackingInAll === 0;
  }
}
