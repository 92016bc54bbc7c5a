import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../folder-writer.ts';
import { abandonedNames, ownName } from '../owned-name.ts';

/** A new folder for what is unpacked while it is read; what imports left that were killed is removed. */
export async function makeUnpackingFolder(scratchFolder: string): Promise<string> {
  await makeFolder(scratchFolder, 0o700);
  for (const name of await abandonedNames(scratchFolder, 'unpacked'))
    await rm(join(scratchFolder, name), { recursive: true, force: true });
  const folder = join(scratchFolder, await ownName('unpacked'));
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
