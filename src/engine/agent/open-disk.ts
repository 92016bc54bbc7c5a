import { DiskWriter } from './disk-writer.ts';
import { MediumReader } from './medium-reader.ts';

/** The disk of a machine: written by the one, read back by the other. */
export interface OpenDisk {
  readonly writer: DiskWriter;
  readonly medium: MediumReader;
}

/** Opens a disk of this computer. Throws a RunFailure where it cannot be, or is in use. */
export async function openDisk(path: string): Promise<OpenDisk> {
  return { writer: await DiskWriter.open(path), medium: await MediumReader.open(path) };
}
