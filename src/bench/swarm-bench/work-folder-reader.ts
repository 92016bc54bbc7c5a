import { statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';

/** A file system in memory, on every Linux. */
const SHARED_MEMORY = '/dev/shm';
/** The rest of the memory is for the processes. */
const MEMORY_SHARE = 0.5;

/**
 * Where disks of so many bytes are least in the way of what is measured: in memory, where there is room, else in the
 * system's folder for such things.
 */
export async function quietFolder(bytes: number): Promise<string> {
  const found = await statfs(SHARED_MEMORY).catch(() => null);
  const hasRoom = found !== null && found.bavail * found.bsize >= bytes && freemem() * MEMORY_SHARE >= bytes;
  return hasRoom ? SHARED_MEMORY : tmpdir();
}
