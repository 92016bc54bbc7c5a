import type { AgentPhase, HandoutName, LinkRates, SwarmPolicies } from '../../../engine/index.ts';
import type { ImageUse } from '../../record/run-record.ts';
import type { SavedOver } from '../../scenario/transports-schema.ts';
import type { Casting } from './casting.ts';
import type { GoldenFiles } from './golden-files.ts';
import type { LabTransport } from './lab-plan.ts';
import type { PortableFailure } from './portable-failure.ts';

/** Where the services of the server listen. */
export interface ServerPorts {
  readonly http: number;
  readonly tracker: number;
  readonly tftp: number;
}

/** What the server process has to set up. */
export interface ServerTask {
  /** Address to listen on. */
  readonly host: string;
  /** Of this run. */
  readonly scratchFolder: string;
  readonly golden: GoldenFiles;
  readonly pieceBytes: number;
  readonly transport: LabTransport;
  /** 0 for any free one. */
  readonly ports: ServerPorts;
  readonly link: LinkRates;
  readonly uploadSlots: number;
  readonly neighbours: number;
  readonly policies: SwarmPolicies;
  readonly handout: HandoutName;
  readonly site: string;
  readonly peerId: Uint8Array;
  /** What agents show the server. */
  readonly agentToken: string;
  /** What the server knows of machines, for one that is killed and comes back; null: in memory. */
  readonly storeFile: string | null;
  /** All of them may be written to. */
  readonly machines: readonly string[];
  /** Copies of the payload after which the peer leaves the swarm for good; Infinity if it stays. */
  readonly seederLeavesAfterCopies: number;
  readonly casting: Casting | null;
  readonly savedOver: SavedOver;
}

/** What the server process has set up. */
export interface ServerReady {
  readonly ports: ServerPorts;
  /** Bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** Versions of the clients in use. */
  readonly versions: Readonly<Record<string, string>>;
}

export type ServerCommand =
  | {
      readonly kind: 'start';
      readonly task: ServerTask;
      /** It was killed, and knows of the deployment what is in its store. */
      readonly isAgain: boolean;
    }
  | { readonly kind: 'stopTracker' }
  | { readonly kind: 'count' };

export type ServerReport =
  | { readonly kind: 'ready'; readonly ready: ServerReady }
  | { readonly kind: 'counted'; readonly uploadedBytes: number }
  | { readonly kind: 'failed'; readonly failure: PortableFailure };

/** What an agent process has to do. */
export interface AgentProcessTask {
  readonly machine: string;
  /** Address to listen on. */
  readonly host: string;
  readonly serverHost: string;
  readonly diskPath: string;
  readonly httpPort: number;
  readonly tftpPort: number;
  readonly token: string;
  readonly publicKey: string;
  readonly imageFolder: string;
  readonly isPacked: boolean;
  readonly transport: LabTransport;
  readonly link: LinkRates;
  readonly uploadSlots: number;
  readonly neighbours: number;
  readonly policies: SwarmPolicies;
  readonly site: string;
  readonly peerId: Uint8Array;
  readonly serverPeerId: Uint8Array;
  readonly savedOver: SavedOver;
}

/** Payload bytes of one machine so far. */
export interface MachineTraffic {
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** By peer id in hex. */
  readonly receivedFrom: Readonly<Record<string, number>>;
}

export type AgentCommand =
  | { readonly kind: 'prepare'; readonly task: AgentProcessTask }
  | { readonly kind: 'go' }
  | { readonly kind: 'release' };

/** Times are those of the host's monotonic clock [ms], which all processes share. */
export type AgentReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'phaseStarted'; readonly phase: AgentPhase; readonly atMs: number }
  | { readonly kind: 'phaseEnded'; readonly phase: AgentPhase; readonly atMs: number }
  | { readonly kind: 'progressed'; readonly share: number; readonly traffic: MachineTraffic }
  | { readonly kind: 'done'; readonly image: ImageUse }
  | { readonly kind: 'failed'; readonly failure: PortableFailure }
  | { readonly kind: 'released'; readonly traffic: MachineTraffic };

/** BEP 20 style: unique within one swarm is enough, and a reader of a packet trace sees who it is. */
export function peerIdOf(name: string): Uint8Array {
  return Buffer.from(`-SB0001-${name.padStart(12, '.')}`, 'latin1');
}

/** The host's monotonic clock [ms]; unlike `performance.now` it has the same origin in every process. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
