import { RunFailure } from '../../failure.ts';
import { decodeGptHeader, entriesBytesOf } from '../image/disk/gpt-codec.ts';
import { relocatedGpt } from '../image/disk/relocated-gpt.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { DiskWriter } from './disk-writer.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';

/** Programs that move the table put it before the first partition, as a rule at 1 MiB. */
const FURTHEST_TABLE_BYTES = 2 ** 26;

/**
 * A GPT has its second copy at the end of the disk: on a disk that is larger than the golden one it is moved there.
 * After the read-back, since the disk is the golden one no more.
 */
export const moveBackupTable: PostDeployHook = {
  name: 'second copy of the partition table',
  async run({ disk, manifest: { table, disk: golden } }) {
    if (table !== 'gpt' || disk.sizeBytes === golden.bytes) return;
    try {
      await move(disk, golden.sectorBytes);
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      const sentence = `the second copy of the partition table cannot be moved to the end of the disk: ${cause.message}`;
      throw new RunFailure('BAD_TABLE', sentence, { cause });
    }
  },
};

async function move(disk: DiskWriter, sectorBytes: number): Promise<void> {
  const start = await disk.readAt(0, Buffer.alloc(2 * sectorBytes));
  const header = decodeGptHeader(Buffer.from(start.subarray(sectorBytes)));
  const end = header.entries * sectorBytes + entriesBytesOf(header);
  if (end > FURTHEST_TABLE_BYTES) throw new ProtocolError(`its entries end at byte ${end}`);
  const primary = await disk.readAt(0, Buffer.alloc(Math.ceil(end / sectorBytes) * sectorBytes));
  for (const write of relocatedGpt({ primary, diskBytes: disk.sizeBytes, sectorBytes }))
    await disk.writeAt(write.diskOffset, write.bytes);
}
