import { relocatedGpt } from '../image/disk/relocated-gpt.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';

/** 34 sectors hold the table of 128 partitions that everybody makes; larger ones are legal. */
const HEAD_SECTORS = 64;

/**
 * A GPT has its second copy at the end of the disk: on a disk that is larger than the golden one it is moved there.
 * After the read-back, since the disk is the golden one no more.
 */
export const moveBackupTable: PostDeployHook = {
  name: 'second copy of the partition table',
  async run(disk, { table, disk: { bytes, sectorBytes } }) {
    if (table !== 'gpt' || disk.sizeBytes === bytes) return;
    const primary = await disk.readAt(0, Buffer.alloc(HEAD_SECTORS * sectorBytes));
    for (const write of relocatedGpt({ primary, diskBytes: disk.sizeBytes, sectorBytes }))
      await disk.writeAt(write.diskOffset, write.bytes);
  },
};
