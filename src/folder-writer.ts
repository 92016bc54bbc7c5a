import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder where there is none, and those above it; they are of the mode that is given. Node's own way (`recursive`)
 * tries without end, at full load, where a folder is there in which none can be made, as in `/proc` or where disks are
 * mounted on demand. Rejects with the error of the system.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !(await isFolder(dirname(path)))) {
      await makeFolder(dirname(path), mode);
      // Somebody else may have made it meanwhile.
      return makeFolder(path, mode);
    }
    if (!(await isFolder(path))) throw cause;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
