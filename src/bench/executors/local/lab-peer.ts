import type { SwarmClient, SwarmClientMaker, SwarmClientOptions } from '../../../engine/index.ts';
import type { Casting } from './casting.ts';

/** A peer of the lab. */
export interface LabPeer extends Omit<SwarmClient, 'pause' | 'resume' | 'limit'> {
  /** Brings the statistics of a program up to date that has to be asked for them. */
  refresh?(): Promise<void>;
}

/** What a peer is made of: a program that is not ours writes to the file by itself. */
export interface LabPeerOptions extends SwarmClientOptions {
  /** The disk of the machine, or the golden image of the server. */
  readonly file: string;
  /** For a sender that reaches all machines at once; null for all others. */
  readonly casting: Casting | null;
}

/** Makes peers of one kind. */
export interface LabPeerMaker extends Pick<SwarmClientMaker, 'name' | 'version'> {
  make(options: LabPeerOptions): Promise<LabPeer>;
}
