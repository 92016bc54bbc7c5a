import type { RawRun } from '../image-draft.ts';
import type { Manifest } from '../manifest.ts';

/** A disk that is imported, wherever it comes from. */
export interface SourceDisk extends Pick<Manifest, 'disk' | 'files' | 'table' | 'partitions' | 'tools'> {
  /** Of all runs. */
  readonly rawBytes: number;
  /** Ascending on the disk. Whatever is wrong with the source is a ProtocolError. */
  runs(signal: AbortSignal): AsyncIterable<RawRun>;
  /** Removes what was made to read it. */
  close(): Promise<void>;
}
