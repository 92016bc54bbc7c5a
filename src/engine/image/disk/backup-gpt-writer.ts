import { RunFailure } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import { decodeGptHeader, entriesBytesOf } from './gpt-codec.ts';
import { relocatedGpt } from './relocated-gpt.ts';

/** Programs that move the table put it before the first partition, as a rule at 1 MiB. */
const FURTHEST_TABLE_BYTES = 2 ** 26;

/** A disk that is open for reading and writing. */
export interface WritableDisk {
  readonly sizeBytes: number;
  /** Fills `into`, and gives it back. */
  readAt(offset: number, into: Uint8Array): Promise<Uint8Array>;
  writeAt(offset: number, bytes: Uint8Array): Promise<void>;
}

/**
 * A GPT has its second copy at the end of the disk: on a disk that is larger than the golden one it is moved there.
 * Throws a RunFailure (`BAD_TABLE`) where there is no sound GPT; then nothing was written.
 */
export async function moveBackupGpt(disk: WritableDisk, sectorBytes: number): Promise<void> {
  try {
    await move(disk, sectorBytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const sentence = `the second copy of the partition table cannot be moved to the end of the disk: ${cause.message}`;
    throw new RunFailure('BAD_TABLE', sentence, { cause });
  }
}

async function move(disk: WritableDisk, sectorBytes: number): Promise<void> {
  const start = await disk.readAt(0, Buffer.alloc(2 * sectorBytes));
  const header = decodeGptHeader(Buffer.from(start.subarray(sectorBytes)));
  const end = header.entries * sectorBytes + entriesBytesOf(header);
  if (end > FURTHEST_TABLE_BYTES) throw new ProtocolError(`its entries end at byte ${end}`);
  const primary = await disk.readAt(0, Buffer.alloc(Math.ceil(end / sectorBytes) * sectorBytes));
  for (const write of relocatedGpt({ primary, diskBytes: disk.sizeBytes, sectorBytes }))
    await disk.writeAt(write.diskOffset, write.bytes);
}
