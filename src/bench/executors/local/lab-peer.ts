import type { SwarmClient, SwarmClientMaker, SwarmClientOptions } from '../../../engine/index.ts';
import type { Casting } from './casting.ts';

/** A peer of the lab. */
export interface LabPeer extends Omit<SwarmClient, 'pause' | 'resume' | 'limit'> {
  /** Brings the statistics of a program up to date that has to be asked for them. */
  refresh?(): Promise<void>;
  /**
   * Of one that seeds: rejects with a RunFailure when its program has ended before its time without having been stopped.
   * Left out where it has none.
   */
  readonly lost?: Promise<never>;
}

/** What a peer is made of: a program that is not ours writes to the file by itself. */
export interface LabPeerOptions extends SwarmClientOptions {
  /** The disk of the machine, or the payload of the image on the server. */
  readonly file: string;
  /** The payload has to be unpacked by zstd to become the disk. */
  readonly isPacked: boolean;
  /** What a sender that reaches all machines at once sends, one file after the other; empty for all others. */
  readonly files: readonly string[];
  /** Where the server has the disk in the form of Clonezilla, by HTTP or NFS; read by its transports only. */
  readonly savedUrl: string;
  /** For a sender that reaches all machines at once; null for all others. */
  readonly casting: Casting | null;
}

/** Makes peers of one kind. */
export interface LabPeerMaker extends Pick<SwarmClientMaker, 'name' | 'version'> {
  make(options: LabPeerOptions): Promise<LabPeer>;
}
