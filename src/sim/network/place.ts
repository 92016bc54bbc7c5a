import type { Simulation } from '../kernel/simulation.ts';
import type { FlowNetwork } from './flow-network.ts';
import type { Topology } from './topology.ts';

/** What a connection goes over. */
export interface Place {
  readonly simulation: Simulation;
  readonly network: FlowNetwork;
  readonly topology: Topology;
}
