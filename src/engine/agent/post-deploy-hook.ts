import type { Manifest } from '../image/manifest.ts';
import type { DiskWriter } from './disk-writer.ts';

/** A machine whose disk holds the image. */
export interface DeployedDisk {
  /** Where the disk is, such as `/dev/sda`. The agent holds it (O_EXCL): its partitions cannot be mounted by others. */
  readonly path: string;
  readonly disk: DiskWriter;
  readonly manifest: Manifest;
  /** What the server calls the machine: its MAC or UUID. */
  readonly machine: string;
  /** Aborted where nothing more is to be begun. */
  readonly signal?: AbortSignal | undefined;
  /** Something for the log that is no failure. */
  note(sentence: string): void;
}

/**
 * Something that is done to a disk once it holds the image and serves nobody any more: a host name, a boot entry.
 * Hooks begin with the golden disk, each time: where a machine was cut off among them and boots again, the scan finds
 * the chunks that they had changed, and these are fetched anew. What they have written outside of the image's chunks
 * stays, and is free space to everything that stands in the chunks. So a hook need not find out how far it came; only
 * what it leaves outside of the disk, such as a boot entry in the firmware, it must not leave twice.
 */
export interface PostDeployHook {
  /** For the log. */
  readonly name: string;
  /** Throws a RunFailure. */
  run(deployed: DeployedDisk): Promise<void>;
}
