import { RunFailure } from '../../../failure.ts';

/** Does what writes files of a lab. Rejects with a RunFailure (`DISK_FULL`) where there is no room for them. */
export async function whereThereIsRoom<Result>(
  folder: string,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new RunFailure('DISK_FULL', `there is no room for the disks of the lab in ${folder}`, { cause });
  }
}
