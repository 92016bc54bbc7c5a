import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { makeSigningKeys, type SigningKeys } from './signature.ts';

const PRIVATE_FILE = 'signing.key';
const PUBLIC_FILE = 'signing.pub';

/** The keys of a store of images: one pair, in `keys/`. The private one can be kept elsewhere once images are made. */
export class KeyStore {
  readonly #folder: string;

  /** @param storeFolder the folder that has `images/`, too */
  constructor(storeFolder: string) {
    this.#folder = join(storeFolder, 'keys');
  }

  get publicFile(): string {
    return join(this.#folder, PUBLIC_FILE);
  }

  get privateFile(): string {
    return join(this.#folder, PRIVATE_FILE);
  }

  /** Throws a ConfigError (`keys`) where there are some: images signed with them could no longer be deployed. */
  async create(): Promise<SigningKeys> {
    const keys = makeSigningKeys();
    await mkdir(this.#folder, { recursive: true });
    // The private one first: with it the public one can be made again.
    await writeFile(this.privateFile, keys.privateKey, { mode: 0o600, flag: 'wx', flush: true }).catch(
      (cause) => {
        if (cause.code !== 'EEXIST') throw cause;
        const sentence = `${this.privateFile} is there already; move it away if its images are no longer wanted`;
        throw new ConfigError('keys', sentence, { cause });
      },
    );
    await chmod(this.privateFile, 0o600);
    await writeFile(this.publicFile, keys.publicKey, { flush: true });
    return keys;
  }

  /** Null where there is none. */
  privateKey(): Promise<string | null> {
    return textOf(this.privateFile);
  }

  /** Throws a ConfigError (`keys`) where there is none. */
  async publicKey(): Promise<string> {
    const key = await textOf(this.publicFile);
    if (key !== null) return key;
    throw new ConfigError(
      'keys',
      `${this.publicFile} does not exist; make a pair with \`./swarmboot keys create\``,
    );
  }
}

function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
}
