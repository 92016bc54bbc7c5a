import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, RunFailure } from '../../failure.ts';
import { decodeExtentMap, type ExtentMap } from './extent-map.ts';
import { decodeManifest, imageName, type Manifest } from './manifest.ts';

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

/** A folder of golden images: `images/<name>/<version>/`. What begins with a dot is not published. */
export class ImageStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All versions of all images, by name and version. */
  async list(): Promise<StoredImage[]> {
    const names = await foldersOf(join(this.folder, 'images'));
    const versions = await Promise.all(names.sort().map((name) => this.#versionsOf(name)));
    return versions.flat();
  }

  /**
   * The newest version, or the one that is asked for.
   * Throws a ConfigError (`image`) where there is none.
   */
  async find(name: string, version?: number): Promise<StoredImage> {
    if (!imageName.safeParse(name).success)
      throw new ConfigError('image', `${JSON.stringify(name)} is no name`);
    const versions = await this.#versionsOf(name);
    const found =
      version === undefined ? versions.at(-1) : versions.find((one) => one.manifest.version === version);
    if (found) return found;
    const others = (await this.list()).map(
      ({ manifest }) => `${manifest.name} (version ${manifest.version})`,
    );
    throw new ConfigError(
      'image',
      `there is no ${name}${version === undefined ? '' : ` of version ${version}`} in ${this.folder}; there is ${others.join(', ') || 'no image at all'}`,
    );
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

  async remove({ folder }: StoredImage): Promise<void> {
    await rm(folder, { recursive: true });
  }

  /** Where a new version is written until it is complete; the folder is made. */
  async draftFolder(name: string, version: number): Promise<string> {
    const folder = join(this.folder, 'images', name, `.${version}.partial`);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  publishedFolder(name: string, version: number): string {
    return join(this.folder, 'images', name, String(version));
  }

  /** The number of the next version. */
  async nextVersion(name: string): Promise<number> {
    const taken = (await foldersOf(join(this.folder, 'images', name))).filter(isVersion).map(Number);
    return Math.max(0, ...taken) + 1;
  }

  async #versionsOf(name: string): Promise<StoredImage[]> {
    const versions = (await foldersOf(join(this.folder, 'images', name))).filter(isVersion).map(Number);
    return Promise.all(
      versions
        .sort((one, other) => one - other)
        .map(async (version) => {
          const folder = this.publishedFolder(name, version);
          return { folder, manifest: decodeManifest(await readFile(join(folder, IMAGE_FILES.manifest))) };
        }),
    );
  }
}

function isVersion(name: string): boolean {
  return /^[1-9][0-9]*$/.test(name);
}

/** Names of the folders in a folder that may be missing, without those that begin with a dot. */
async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
