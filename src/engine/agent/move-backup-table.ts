import { RunFailure } from '../../failure.ts';
import { relocatedGpt } from '../image/disk/relocated-gpt.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { DiskWriter } from './disk-writer.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';

/** 34 sectors hold the table of 128 partitions that everybody makes; larger ones are legal. */
const HEAD_SECTORS = 64;

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
  const primary = await disk.readAt(0, Buffer.alloc(HEAD_SECTORS * sectorBytes));
  for (const write of relocatedGpt({ primary, diskBytes: disk.sizeBytes, sectorBytes }))
    await disk.writeAt(write.diskOffset, write.bytes);
}
