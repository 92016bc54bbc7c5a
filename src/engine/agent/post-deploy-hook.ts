import type { Manifest } from '../image/manifest.ts';
import type { DiskWriter } from './disk-writer.ts';

/** Something that is done to a disk once it holds the image and serves nobody any more: a host name, a machine id. */
export interface PostDeployHook {
  /** For the log. */
  readonly name: string;
  run(disk: DiskWriter, manifest: Manifest): Promise<void>;
}
