import { moveBackupGpt } from '../image/disk/backup-gpt-writer.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';

/** After the read-back, since the disk is the golden one no more. */
export const moveBackupTable: PostDeployHook = {
  name: 'second copy of the partition table',
  async run({ disk, manifest: { table, disk: golden } }) {
    if (table !== 'gpt' || disk.sizeBytes === golden.bytes) return;
    await moveBackupGpt(disk, golden.sectorBytes);
  },
};
