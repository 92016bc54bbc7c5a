import { open } from 'node:fs/promises';

/** After a power cut the names in it are what they are now. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
