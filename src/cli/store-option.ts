import { access, constants } from 'node:fs/promises';
import { Option } from 'commander';
import { ConfigError } from '../failure.ts';
import { openEngine } from './engine-door.ts';

/** Where Linux keeps what a program stores. */
const DEFAULT_FOLDER = '/var/lib/swarmboot';

/** `--store`, or the environment's, or the place where Linux keeps such things. */
export function storeOption(): Option {
  return new Option('--store <folder>', 'where golden images are kept')
    .env('SWARMBOOT_STORE')
    .default(DEFAULT_FOLDER);
}

/** A store to read from. Throws a ConfigError (`--store`) where there is no such folder. */
export async function openStore(folder: string) {
  await access(folder, constants.R_OK).catch((cause) => {
    const sentence = `the store ${folder} ${cause.code === 'ENOENT' ? 'does not exist' : 'cannot be read'}`;
    throw new ConfigError('--store', `${sentence}; name a folder here or in SWARMBOOT_STORE`, { cause });
  });
  return new (await openEngine()).ImageStore(folder);
}

/** A store to write to, made where it does not exist. Throws a ConfigError (`--store`) where that is not allowed. */
export async function openWritableStore(folder: string) {
  const store = new (await openEngine()).ImageStore(folder);
  await store
    .make()
    .then(() => access(folder, constants.W_OK))
    .catch((cause: NodeJS.ErrnoException) => {
      const remedy = 'name a folder of yours here or in SWARMBOOT_STORE, or run this as root';
      throw new ConfigError('--store', `${folder} cannot be written to (${cause.code}); ${remedy}`, {
        cause,
      });
    });
  return store;
}
