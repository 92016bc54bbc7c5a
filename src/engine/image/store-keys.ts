import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../failure.ts';
import type { ImageStore } from './image-store.ts';
import { makeSigningKeys, type SigningKeys } from './signature.ts';

/** The keys of a store, and whether they were made just now. */
export interface StoreKeys extends SigningKeys {
  readonly areNew: boolean;
  /** Where the public key is. */
  readonly publicKeyFile: string;
}

/**
 * The keys that sign the images of a store: `keys/signing.pem`, which nobody else may read, and `keys/signing.pub.pem`.
 * They are made where there are none. Throws a ConfigError (`--store`) where the private key cannot be used.
 */
export async function keysOf(store: ImageStore): Promise<StoreKeys> {
  const { privateKeyFile, publicKeyFile } = keyFilesOf(store);
  const privateKey = await textOf(privateKeyFile);
  if (privateKey === null) return await createKeys(store);
  return { privateKey, publicKey: publicKeyOf(privateKey, privateKeyFile), areNew: false, publicKeyFile };
}

/** Throws a ConfigError (`--store`) where there are keys: images that are signed with them could not be deployed. */
export async function createKeys(store: ImageStore): Promise<StoreKeys> {
  const { folder, privateKeyFile, publicKeyFile } = keyFilesOf(store);
  const keys = makeSigningKeys();
  await mkdir(folder, { recursive: true });
  await writeFile(privateKeyFile, keys.privateKey, { mode: 0o600, flag: 'wx', flush: true }).catch(
    (cause) => {
      if (cause.code !== 'EEXIST') throw cause;
      const remedy = 'move it away if its images are no longer wanted';
      throw new ConfigError('--store', `${privateKeyFile} is there already; ${remedy}`, { cause });
    },
  );
  await writeFile(publicKeyFile, keys.publicKey, { flush: true });
  return { ...keys, areNew: true, publicKeyFile };
}

/** What images of a store are checked with, also where the private key is kept elsewhere. Throws a ConfigError (`--store`). */
export async function publicKeyOfStore(
  store: ImageStore,
): Promise<{ publicKey: string; publicKeyFile: string }> {
  const { publicKeyFile } = keyFilesOf(store);
  const publicKey = await textOf(publicKeyFile);
  if (publicKey !== null) return { publicKey, publicKeyFile };
  const remedy = 'make a pair with `./swarmboot keys create`, or name another store';
  throw new ConfigError('--store', `${publicKeyFile} does not exist; ${remedy}`);
}

function keyFilesOf(store: ImageStore) {
  const folder = join(store.folder, 'keys');
  return {
    folder,
    privateKeyFile: join(folder, 'signing.pem'),
    publicKeyFile: join(folder, 'signing.pub.pem'),
  };
}

function publicKeyOf(privateKey: string, file: string): string {
  try {
    return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new ConfigError('--store', `${file} is no private key: ${(cause as Error).message}`, { cause });
  }
}

function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
}
