import assert from 'node:assert/strict';
import { type DeploymentModel, type P2pModel, peerCountOf } from '../../../src/sim/deployment-model.ts';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { Connections } from '../../../src/sim/network/connections.ts';
import { FlowNetwork } from '../../../src/sim/network/flow-network.ts';
import { type PathEnds, Topology } from '../../../src/sim/network/topology.ts';
import { Ledger } from '../../../src/sim/transport/ledger.ts';
import { P2p } from '../../../src/sim/transport/p2p.ts';
import type { RunningFlow } from '../network/max-min-certificate.ts';

/** What happened in a swarm, in its order; peer 0 is the seeder. */
export type SwarmEvent =
  | { readonly kind: 'joined' | 'left'; readonly timeS: number; readonly machine: number }
  | { readonly kind: 'started'; readonly timeS: number; readonly sender: number; readonly receiver: number }
  | {
      readonly kind: 'delivered';
      readonly timeS: number;
      readonly sender: number;
      readonly receiver: number;
      readonly piece: number;
    };

/** Who comes and goes when; machines that are not named join at 0. */
export interface Attendance {
  readonly joinsAtS?: ReadonlyMap<number, number>;
  readonly leavesAtS?: ReadonlyMap<number, number>;
}

class WatchedNetwork extends FlowNetwork {
  readonly capacities: number[] = [];

  override addLink(capacityBps: number): number {
    const link = super.addLink(capacityBps);
    if (link !== -1) this.capacities[link] = capacityBps;
    return link;
  }
}

/**
 * A swarm by itself, with the real network and clock, that writes down what passes between peers. A grant has started
 * when its data begins to flow.
 */
export class WatchedSwarm {
  readonly log: SwarmEvent[] = [];
  /** When each machine had the whole image [s], by number. */
  readonly downloadedAtS = new Map<number, number>();
  readonly simulation: Simulation;
  readonly #network: WatchedNetwork;
  readonly #transport: P2p;

  constructor(model: DeploymentModel & { readonly transport: P2pModel }, randomSeed: number) {
    const { simulation, topologyOf } = watchers(this.log);
    this.simulation = simulation;
    this.#network = new WatchedNetwork(simulation);
    const place = { simulation, network: this.#network, topology: topologyOf(model, this.#network) };
    this.#transport = new P2p(
      {
        model,
        ...place,
        connections: new Connections(model, place),
        ledger: new Ledger(peerCountOf(model)),
        randomSeed,
        downloaded: (machine) => this.downloadedAtS.set(machine, simulation.now),
        failed: (machine, why) => assert.fail(`machine ${machine}: ${why}`),
      },
      model.transport,
    );
  }

  /** Runs until nothing happens any more. */
  run(machines: number, { joinsAtS, leavesAtS }: Attendance = {}): this {
    for (let machine = 1; machine <= machines; machine++) {
      this.simulation.after(joinsAtS?.get(machine) ?? 0, () => {
        this.log.push({ kind: 'joined', timeS: this.simulation.now, machine });
        this.#transport.join(machine);
      });
    }
    for (const [machine, leavesS] of leavesAtS ?? []) {
      this.simulation.after(leavesS, () => {
        this.log.push({ kind: 'left', timeS: this.simulation.now, machine });
        this.#transport.leave(machine);
      });
    }
    this.simulation.run();
    return this;
  }

  /** Flows that run now, and the capacities [byte/s] of all links by number. */
  traffic(): { flows: RunningFlow[]; capacities: readonly number[] } {
    return { flows: [...this.#network.flows()], capacities: this.#network.capacities };
  }

  diagnose(machine: number): string {
    return this.#transport.diagnose(machine);
  }
}

/** Clock and topology that tell `log` what they are asked for. */
function watchers(log: SwarmEvent[]): {
  simulation: Simulation;
  topologyOf: (model: DeploymentModel, network: FlowNetwork) => Topology;
} {
  const simulation = new Simulation(({ timeS, kind, machine, sender, piece }) => {
    if (kind !== 'pieceReceived') return;
    log.push({ kind: 'delivered', timeS, sender: sender!, receiver: machine, piece: piece! });
  });
  class WatchedTopology extends Topology {
    override path(sender: number, receiver: number, ends: PathEnds): number[] {
      log.push({ kind: 'started', timeS: simulation.now, sender, receiver });
      return super.path(sender, receiver, ends);
    }
  }
  return {
    simulation,
    topologyOf: (model, network) => new WatchedTopology(model, network),
  };
}
