import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 524_288;

/**
 * Compares disks with the golden image, byte by byte and by other code than the agent's.
 * @returns for each disk the first offset where it differs, or null where it is identical
 */
export async function firstDifferences(
  diskFiles: readonly string[],
  imageFile: string,
): Promise<readonly (number | null)[]> {
  await using image = await ComparedFile.open(imageFile);
  await using stack = new AsyncDisposableStack();
  const disks: ComparedFile[] = [];
  for (const file of diskFiles) disks.push(stack.use(await ComparedFile.open(file)));
  const differences = disks.map(({ sizeBytes }) =>
    sizeBytes === image.sizeBytes ? null : Math.min(sizeBytes, image.sizeBytes),
  );
  for (let offset = 0; offset < image.sizeBytes; offset += CHUNK_BYTES) {
    const expected = await image.chunkAt(offset);
    const compare = async (disk: ComparedFile, index: number): Promise<void> => {
      if ((differences[index] ?? Infinity) < offset) return;
      const found = await disk.chunkAt(offset);
      if (!found.equals(expected)) differences[index] = offset + differenceOf(found, expected);
    };
    await Promise.all(disks.map(compare));
  }
  return differences;
}

class ComparedFile implements AsyncDisposable {
  readonly sizeBytes: number;
  readonly #file: FileHandle;
  /** Used over and over: fresh memory costs more than the bytes that are read into it. */
  readonly #room = Buffer.allocUnsafe(CHUNK_BYTES);

  private constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  static async open(path: string): Promise<ComparedFile> {
    const file = await open(path, 'r');
    return new ComparedFile(file, (await file.stat()).size);
  }

  async chunkAt(offset: number): Promise<Buffer> {
    const { bytesRead } = await this.#file.read(this.#room, 0, CHUNK_BYTES, offset);
    return this.#room.subarray(0, bytesRead);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }
}

function differenceOf(found: Buffer, expected: Buffer): number {
  const different = expected.findIndex((byte, index) => byte !== found[index]);
  return different === -1 ? expected.length : different;
}
