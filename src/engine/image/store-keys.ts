import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import { flushFolder } from './flush-folder.ts';
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
 * They are made where there are none, and the public one where it is missing. Throws a ConfigError (`--store`) where the
 * private key cannot be used.
 */
export async function keysOf(store: ImageStore): Promise<StoreKeys> {
  const { folder, privateKeyFile, publicKeyFile } = keyFilesOf(store);
  const privateKey = await textOf(privateKeyFile);
  // Another process may have been faster: its keys are those of the store then.
  if (privateKey === null) return (await newKeys(store)) ?? (await keysOf(store));
  const publicKey = publicKeyOf(privateKey, privateKeyFile);
  if ((await textOf(publicKeyFile)) === null) {
    await writePublicKey(publicKeyFile, publicKey);
    await flushFolder(folder);
  }
  return { privateKey, publicKey, areNew: false, publicKeyFile };
}

/** Throws a ConfigError (`--store`) where there are keys: images that are signed with them could not be deployed. */
export async function createKeys(store: ImageStore): Promise<StoreKeys> {
  const keys = await newKeys(store);
  if (keys) return keys;
  const remedy = 'move it away if its images are no longer wanted';
  throw new ConfigError('--store', `${keyFilesOf(store).privateKeyFile} is there already; ${remedy}`);
}

/** What images of a store are checked with, also where the private key is kept elsewhere. Throws a ConfigError (`--store`). */
export async function publicKeyOfStore(
  store: ImageStore,
): Promise<{ publicKey: string; publicKeyFile: string }> {
  const { privateKeyFile, publicKeyFile } = keyFilesOf(store);
  const publicKey = await textOf(publicKeyFile);
  if (publicKey !== null) return { publicKey, publicKeyFile };
  if ((await textOf(privateKeyFile)) !== null) return keysOf(store);
  const remedy = 'make a pair with `./swarmboot keys create`, or name another store';
  throw new ConfigError('--store', `${publicKeyFile} does not exist; ${remedy}`);
}

/** Null where there is a private key already. */
async function newKeys(store: ImageStore): Promise<StoreKeys | null> {
  const { folder, privateKeyFile, publicKeyFile } = keyFilesOf(store);
  const keys = makeSigningKeys();
  await store.make();
  await makeFolder(folder);
  // First a file of another name: half a key is none, and would stay in the way for ever.
  const partial = await partialFile(privateKeyFile, { text: keys.privateKey, mode: 0o600 });
  try {
    // Unlike a renaming, a link never takes the place of a file.
    await link(partial, privateKeyFile);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw cause;
  } finally {
    await rm(partial);
  }
  await writePublicKey(publicKeyFile, keys.publicKey);
  await flushFolder(folder);
  return { ...keys, areNew: true, publicKeyFile };
}

async function writePublicKey(file: string, publicKey: string): Promise<void> {
  await rename(await partialFile(file, { text: publicKey, mode: 0o644 }), file);
}

/** Its bytes are flushed. @returns its name */
async function partialFile(file: string, { text, mode }: { text: string; mode: number }): Promise<string> {
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  await writeFile(partial, text, { mode, flag: 'wx', flush: true });
  return partial;
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
  if (privateKey.trim() === '')
    throw new ConfigError('--store', `${file} is empty; remove it, and a new pair of keys is made`);
  try {
    const key = createPrivateKey(privateKey);
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is one of kind ${key.asymmetricKeyType}`);
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    const sentence = `${file} is no private key of Ed25519: ${(cause as Error).message}`;
    throw new ConfigError('--store', sentence, { cause });
  }
}

/** Null where there is no such file. */
function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new ConfigError('--store', `${file} cannot be read: ${cause.message}`, { cause });
  });
}
