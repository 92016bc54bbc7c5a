import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, RunFailure } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import { decodeExtentMap, type ExtentMap } from './extent-map.ts';
import { flushFolder } from './flush-folder.ts';
import { decodeManifest, imageName, type Manifest } from './manifest.ts';
import { abandonedNames, ownName } from './owned-name.ts';

/** Files of a version of an image. */
export const IMAGE_FILES = {
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  extentMap: 'extents.bin',
  payload: 'payload',
  torrent: 'image.torrent',
} as const;

/** A published version of an image. */
export interface StoredImage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** A version of an image by its name; whether it is in order is another question. */
export interface ImageVersion {
  readonly name: string;
  readonly version: number;
}

/** A folder of golden images: `images/<name>/<version>/`. What begins with a dot is not published. */
export class ImageStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes its folder where there is none. Disks are in it, and what is on them is nobody's but the owner's: with the folder
   * closed, what stands in it cannot be reached, whatever its own rights.
   */
  async make(): Promise<void> {
    await makeFolder(this.folder, 0o700);
  }

  /** Names and numbers of all versions of all images, in order. */
  async versions(): Promise<ImageVersion[]> {
    const names = await foldersOf(join(this.folder, 'images'));
    const versions = await Promise.all(
      names.sort().map(async (name) => (await this.#versionsOf(name)).map((version) => ({ name, version }))),
    );
    return versions.flat();
  }

  /**
   * The newest version, or the one that is asked for.
   * Throws a ConfigError (`image`) where there is none, and a RunFailure (`BAD_MANIFEST`), also where it has no manifest.
   */
  async find(name: string, version?: number): Promise<StoredImage> {
    const folder = await this.folderOf(name, version);
    const manifest = decodeManifest(await manifestIn(folder));
    if (manifest.name === name && String(manifest.version) === basename(folder)) return { folder, manifest };
    const found = `${manifest.name} (version ${manifest.version})`;
    throw new RunFailure('BAD_MANIFEST', `the manifest in ${folder} is that of ${found}`);
  }

  /** Where a version is, the newest by default, whatever state it is in. Throws a ConfigError (`image`). */
  async folderOf(name: string, version?: number): Promise<string> {
    if (!imageName.safeParse(name).success)
      throw new ConfigError('image', `${JSON.stringify(name)} is no name`);
    const versions = await this.#versionsOf(name);
    const found = version === undefined ? versions.at(-1) : versions.find((one) => one === version);
    if (found !== undefined) return join(this.#folderOf(name), String(found));
    const others = (await this.versions()).map((other) => `${other.name} (version ${other.version})`);
    const wanted = `${name}${version === undefined ? '' : ` of version ${version}`}`;
    const known = others.join(', ') || 'no image at all';
    throw new ConfigError('image', `there is no ${wanted} in ${this.folder}; there is ${known}`);
  }

  /** The extent map, held against the digest in the manifest; throws a RunFailure (`BAD_EXTENT_MAP`). */
  async extentMapOf({ folder, manifest }: StoredImage): Promise<ExtentMap> {
    const { size } = await stat(join(folder, IMAGE_FILES.extentMap));
    if (size !== manifest.extentMap.bytes) {
      throw new RunFailure(
        'BAD_EXTENT_MAP',
        `the extent map has ${size} of ${manifest.extentMap.bytes} bytes`,
      );
    }
    const bytes = await readFile(join(folder, IMAGE_FILES.extentMap));
    if (createHash('sha256').update(bytes).digest('hex') === manifest.extentMap.sha256)
      return decodeExtentMap(bytes);
    throw new RunFailure('BAD_EXTENT_MAP', 'the extent map is not the one that the manifest names');
  }

  /**
   * Takes a version away, the newest by default. It is no image from the first moment on, even where its files cannot be
   * removed at once. Its number is not given again: it may still stand in a deployment. Throws a ConfigError (`image`)
   * where there is none.
   */
  async remove(name: string, version?: number): Promise<ImageVersion> {
    const folder = await this.folderOf(name, version);
    const number = basename(folder);
    const removed = join(this.#folderOf(name), `.${number}.removed`);
    await rename(folder, removed);
    // The folder stays, empty, for its number.
    for (const file of await readdir(removed)) await rm(join(removed, file), { recursive: true });
    return { name, version: Number(number) };
  }

  /**
   * Where a new version is written until it is complete; the folder is made. One that an ended process left is taken
   * over, files and all.
   */
  async draftFolder(name: string): Promise<string> {
    const parent = this.#folderOf(name);
    const own = join(parent, await ownName('draft'));
    await this.make();
    await makeFolder(parent);
    for (const draft of await abandonedNames(parent, 'draft')) {
      // Only one can have it: for the others it is gone.
      const isOurs = await rename(join(parent, draft), own).then(
        () => true,
        () => false,
      );
      if (isOurs) return own;
    }
    await mkdir(own);
    return own;
  }

  /**
   * Gives a draft the next free number; `complete` writes what names that number, and is called again where somebody
   * else was faster. The image is there whole or, after a power cut, not at all.
   */
  async publish(
    draft: string,
    name: string,
    complete: (version: number) => Promise<Manifest>,
  ): Promise<StoredImage> {
    for (;;) {
      const version = Math.max(0, ...(await this.#versionsEver(name))) + 1;
      const manifest = await complete(version);
      const folder = join(this.#folderOf(name), String(version));
      await flushFolder(draft);
      const isTaken = await rename(draft, folder).then(
        () => false,
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST') return true;
          throw cause;
        },
      );
      if (isTaken) continue;
      await flushFolder(this.#folderOf(name));
      return { folder, manifest };
    }
  }

  /** Takes away the folder of a name of which there is neither image nor draft. */
  async forgetIfEmpty(name: string): Promise<void> {
    await rmdir(this.#folderOf(name)).catch(() => {});
  }

  #folderOf(name: string): string {
    return join(this.folder, 'images', name);
  }

  /** Ascending. */
  async #versionsOf(name: string): Promise<number[]> {
    const versions = (await foldersOf(this.#folderOf(name))).filter(isVersion).map(Number);
    return versions.sort((one, other) => one - other);
  }

  /** With those that were removed. */
  async #versionsEver(name: string): Promise<number[]> {
    const names = await namesIn(this.#folderOf(name));
    return names
      .map((each) => REMOVED.exec(each)?.[1] ?? each)
      .filter(isVersion)
      .map(Number);
  }
}

async function manifestIn(folder: string): Promise<Buffer> {
  return readFile(join(folder, IMAGE_FILES.manifest)).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is none' : `it cannot be read (${cause.code})`;
    throw new RunFailure('BAD_MANIFEST', `the manifest in ${folder}: ${reason}`, { cause });
  });
}

const REMOVED = /^\.([0-9]+)\.removed$/;

function isVersion(name: string): boolean {
  return /^[1-9][0-9]*$/.test(name);
}

/** Names of the folders in a folder that may be missing, without those that begin with a dot. */
async function foldersOf(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => !name.startsWith('.'));
}

/** Names of all folders in a folder that may be missing. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
