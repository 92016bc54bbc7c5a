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
 * They are made where there are none. Throws a ConfigError (`store`) where the private key cannot be used.
 */
export async function keysOf(store: ImageStore): Promise<StoreKeys> {
  const folder = join(store.folder, 'keys');
  const privateKeyFile = join(folder, 'signing.pem');
  const publicKeyFile = join(folder, 'signing.pub.pem');
  const privateKey = await readFile(privateKeyFile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (privateKey !== undefined) {
    return { privateKey, publicKey: publicKeyOf(privateKey, privateKeyFile), areNew: false, publicKeyFile };
  }
  const keys = makeSigningKeys();
  await mkdir(folder, { recursive: true });
  await writeFile(privateKeyFile, keys.privateKey, { mode: 0o600, flag: 'wx', flush: true });
  await writeFile(publicKeyFile, keys.publicKey, { flush: true });
  return { ...keys, areNew: true, publicKeyFile };
}

function publicKeyOf(privateKey: string, file: string): string {
  try {
    return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new ConfigError('--store', `${file} is no private key: ${(cause as Error).message}`, { cause });
  }
}
