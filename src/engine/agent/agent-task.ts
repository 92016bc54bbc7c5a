import type { MachineSteps } from '../deployment/post-deploy-steps.ts';
import type { DeploymentSource } from '../http/deployment-client.ts';
import type { BootFileSource } from '../tftp/boot-file-client.ts';
import type { AgentMemory } from './agent-memory.ts';
import type { ImageTransport } from './image-transport.ts';
import type { MachineFacts } from './machine-facts-reader.ts';
import type { OpenDisk } from './open-disk.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';
import type { DiskWish } from './target-disk.ts';

/** Phases of the agent in their order; the boot of the machine is before it. */
export type AgentPhase = 'register' | 'metainfo' | 'partition' | 'scan' | 'download' | 'verify' | 'finish';

export interface AgentTask {
  readonly server: DeploymentSource;
  /** Null where the machine was booted by HTTP. */
  readonly tftp: BootFileSource | null;
  /** The key that images have to be signed with, PEM. */
  readonly publicKey: string;
  readonly facts: MachineFacts;
  readonly disk: DiskWish;
  readonly transport: ImageTransport;
  /** Default: what suits the memory of the machine. */
  readonly memory?: AgentMemory;
  /** Does everything up to the first write, and nothing after it. */
  readonly isDryRun?: boolean;
  /** The disks that there are now; default: those of the facts. */
  readDisks?(): MachineFacts['disks'];
  /** Default: a disk of this computer. */
  openDisk?(path: string): Promise<OpenDisk>;
}

/** Hears what the agent does. */
export interface AgentWatch {
  phaseStarted(phase: AgentPhase): void;
  phaseEnded(phase: AgentPhase): void;
  /** Share of a scan or of reading back, 0 to 1; that of the download is in the transport's statistics. */
  progressed(share: number): void;
  /** Something that somebody should know, and that is no failure. */
  noted(sentence: string): void;
}

/** What became of the image on one machine. */
export interface AgentOutcome {
  readonly machine: string;
  readonly diskPath: string;
  readonly wireBytes: number;
  readonly rawBytes: number;
  readonly chunks: number;
  /** Chunks that were on the disk before. */
  readonly reusedChunks: number;
  /** Chunks that did not stay as they were written, and came again. */
  readonly refetchedChunks: number;
}

/** A machine that has its image; its transport serves others. */
export interface DeployedMachine {
  readonly outcome: AgentOutcome;
  /** What the server wants done to the disk, if anything: `postDeployHooks` does it. */
  readonly steps: MachineSteps | undefined;
  /**
   * Waits until the swarm needs this machine no longer, does what remains to be done on the disk and reports that the
   * machine is finished: it is not written to again. What a hook changes could not be given to peers any more.
   * @param signal aborts it before the next hook
   */
  finish(hooks: readonly PostDeployHook[], signal?: AbortSignal): Promise<void>;
}
