import type { AgentPhase, HandoutName, LinkRates, SwarmPolicies } from '../../../engine/index.ts';
import type { ImageUse } from '../../record/run-record.ts';
import type { Casting } from './casting.ts';
import type { LabTransport } from './lab-plan.ts';
import type { PortableFailure } from './portable-failure.ts';

/** What the server process has to set up. */
export interface ServerTask {
  /** Address to listen on. */
  readonly host: string;
  /** Made by the server process, and removed by it when the bench is gone. */
  readonly scratchFolder: string;
  /** Null: make a sample disk. */
  readonly imageFile: string | null;
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly transport: LabTransport;
  /** HTTP, tracker and TFTP ports from here up; 0 for any free ones. */
  readonly port: number;
  readonly link: LinkRates;
  readonly uploadSlots: number;
  readonly neighbours: number;
  readonly policies: SwarmPolicies;
  readonly handout: HandoutName;
  readonly site: string;
  readonly peerId: Uint8Array;
  /** All of them may be written to. */
  readonly machines: readonly string[];
  /** Disks to make, one for each machine, as files of the scratch folder. */
  readonly disks: readonly string[];
  /** Payload bytes after which the peer leaves the swarm for good; Infinity if it stays. */
  readonly seederLeavesAfterBytes: number;
  readonly casting: Casting | null;
}

/** What the server process has set up. */
export interface ServerReady {
  readonly httpPort: number;
  readonly tftpPort: number;
  /** What agents show the server. */
  readonly token: string;
  /** What the image was signed with, PEM. */
  readonly publicKey: string;
  /** Where the image is on the server. */
  readonly imageFolder: string;
  readonly imageFile: string;
  /** What the golden image is, in one sentence. */
  readonly imageNote: string;
  /** Versions of the clients in use. */
  readonly versions: Readonly<Record<string, string>>;
}

export type ServerCommand =
  | { readonly kind: 'prepare'; readonly task: ServerTask }
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
  readonly transport: LabTransport;
  readonly link: LinkRates;
  readonly uploadSlots: number;
  readonly neighbours: number;
  readonly policies: SwarmPolicies;
  readonly site: string;
  readonly peerId: Uint8Array;
  readonly serverPeerId: Uint8Array;
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
