import type { DeploymentModel, LinkModel } from '../deployment-model.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Connections } from '../network/connections.ts';
import type { FlowNetwork } from '../network/flow-network.ts';
import type { Topology } from '../network/topology.ts';
import type { Ledger } from './ledger.ts';

/** What a transport works with. Peers are numbered: the server 0, machines 1 to n. */
export interface Arena {
  readonly model: DeploymentModel;
  readonly simulation: Simulation;
  readonly network: FlowNetwork;
  readonly topology: Topology;
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly randomSeed: number;
  /** To be called once when a machine has the whole image. */
  downloaded(machine: number): void;
  /** To be called when a machine gives up for good. @param why one sentence for people */
  failed(machine: number, why: string): void;
}

/** One way to bring the image to the machines, on virtual time. */
export interface Transport {
  /** The machine is ready to receive. */
  join(machine: number): void;
  /**
   * The machine goes, whether it has joined or not.
   * @param isBackLater whether it will join again, with what is on its disk; left out: it goes for good
   */
  leave(machine: number, isBackLater?: boolean): void;
  /** The link of a machine is this one from now on; rates of 0 for a cable that is out. Flows follow by themselves. */
  linkChanged?(machine: number, link: LinkModel): void;
  /** The server is killed with all its flows; no machine joins until it runs again, with what is on its disk. */
  serverStopped?(): void;
  serverStarted?(): void;
  /** The tracker is gone for good; the transport has one. */
  trackerStopped?(): void;
  /** The machine has gone through all its phases. */
  done?(machine: number): void;
  /** Why this machine has not got the image although nothing happens any more. */
  diagnose(machine: number): string;
}

/** What is said of a machine whose disk takes no more. */
export const DISK_FULL = 'the disk is full';

/** Connection set-up and the first request: two round trips of the one-way `latencyS`. */
export function connectS({ latencyS }: DeploymentModel): number {
  return 4 * latencyS;
}

/** Whether a machine that comes back looks for what is on its disk. */
export function isResumed({ transport }: DeploymentModel): boolean {
  return transport.transport !== 'multicast' && !(transport.transport === 'unicast' && transport.startsOver);
}

/** Whether what arrives goes to the disk at once. */
export function isStreamed({ disk }: DeploymentModel): boolean {
  return !disk.isSerialWrite;
}
