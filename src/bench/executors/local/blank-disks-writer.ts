import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../folder-writer.ts';
import { whereThereIsRoom } from './where-there-is-room.ts';

/**
 * Makes the folder of a run with a blank disk for each machine.
 * Rejects with a RunFailure (`DISK_FULL`) where there is no room.
 * @param disks names of files
 */
export async function makeBlankDisks(
  folder: string,
  disks: readonly string[],
  sizeBytes: number,
): Promise<void> {
  await whereThereIsRoom(folder, async () => {
    await makeFolder(folder, 0o700);
    for (const disk of disks) {
      await writeFile(join(folder, disk), '');
      await truncate(join(folder, disk), sizeBytes);
    }
  });
}
