import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ImageReader } from '../../../engine/index.ts';
import { ConfigError } from '../../../failure.ts';
import { makeFolder } from '../../../folder-writer.ts';
import { type SavedDisk, saveDisk } from '../netns/clonezilla/save-disk.ts';
import { SAVED_FOLDER } from '../netns/clonezilla/saved-disk.ts';
import type { GoldenFiles, GoldenWish } from './golden-files.ts';
import { type LabImage, publishLabImage } from './lab-image.ts';
import { makeSampleDisk } from './sample-disk.ts';
import { whereThereIsRoom } from './where-there-is-room.ts';

interface GoldenDisk {
  readonly goldenFile: string;
  readonly goldenNote: string;
}

/** Makes golden images in a folder: each form of each image once, however many runs want it. */
export class GoldenFilesWriter {
  readonly #folder: string;
  readonly #imageFile: string | null;
  /** By size of the disk. */
  readonly #disks = new Map<string, Promise<GoldenDisk>>();
  /** By the disk, and how it is cut and packed. */
  readonly #published = new Map<string, Promise<LabImage>>();
  readonly #saved = new Map<string, Promise<SavedDisk>>();

  /** @param imageFile disk image to deploy; null: sample disks are made */
  constructor(folder: string, imageFile: string | null) {
    // What a writer makes is its own: another one may have died here.
    this.#folder = join(folder, randomUUID());
    this.#imageFile = imageFile;
  }

  /** Rejects with a ConfigError for an image that cannot be used, and with a RunFailure for a full disk. */
  async make(wish: GoldenWish): Promise<GoldenFiles> {
    return await whereThereIsRoom(this.#folder, async () => {
      const { imageBytes, pieceBytes, encoding, isSaved } = wish;
      const size = `${imageBytes}`;
      const disk = await once(this.#disks, size, () => this.#makeDisk(size, imageBytes));
      const form = `${size}-${pieceBytes}-${encoding}`;
      const published = await once(this.#published, form, () => this.#publish(form, wish, disk));
      const saved = isSaved
        ? await once(this.#saved, size, () => saveDisk(disk.goldenFile, this.#pathOf(size, SAVED_FOLDER)))
        : null;
      return { ...disk, published, saved };
    });
  }

  #pathOf(...names: readonly string[]): string {
    return join(this.#folder, ...names);
  }

  async #makeDisk(size: string, sizeBytes: number): Promise<GoldenDisk> {
    await makeFolder(this.#pathOf(size), 0o700);
    if (this.#imageFile !== null) {
      return { goldenFile: this.#imageFile, goldenNote: 'The golden image is the file that was given.' };
    }
    const goldenFile = this.#pathOf(size, 'golden.img');
    return { goldenFile, goldenNote: await makeSampleDisk({ path: goldenFile, sizeBytes }) };
  }

  async #publish(
    form: string,
    { imageBytes, pieceBytes, encoding }: GoldenWish,
    { goldenFile }: GoldenDisk,
  ): Promise<LabImage> {
    const disk = await ImageReader.open(goldenFile, pieceBytes);
    try {
      if (disk.sizeBytes !== imageBytes) {
        const sentence = `the scenario's image has ${imageBytes} bytes, ${goldenFile} has ${disk.sizeBytes}`;
        throw new ConfigError('image.size', sentence);
      }
      return await publishLabImage(disk, { folder: this.#pathOf(form), pieceBytes, encoding });
    } finally {
      await disk.close();
    }
  }
}

/** What has failed is tried again by the next who wants it. */
function once<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const before = known.get(key);
  if (before) return before;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
