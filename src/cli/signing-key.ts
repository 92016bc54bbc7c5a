import type { ImageStore } from '../engine/index.ts';
import { openEngine } from './engine-door.ts';

/** The private key of a store, as PEM; the first image of a store makes one, and it is said where machines get theirs. */
export async function signingKeyOf(store: ImageStore): Promise<string> {
  const { keysOf } = await openEngine();
  const { privateKey, areNew, publicKeyFile } = await keysOf(store);
  if (areNew)
    process.stderr.write(`a key to sign images was made; machines need the public one: ${publicKeyFile}\n`);
  return privateKey;
}
