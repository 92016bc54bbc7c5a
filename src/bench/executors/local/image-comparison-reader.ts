import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1_048_576;

/**
 * Compares a disk with the golden image, byte by byte and by other code than the agent's.
 * @returns the first offset where they differ, or null where the disk is identical
 */
export async function firstDifference(diskFile: string, imageFile: string): Promise<number | null> {
  await using disk = await open(diskFile, 'r');
  await using image = await open(imageFile, 'r');
  const [diskBytes, imageBytes] = [(await disk.stat()).size, (await image.stat()).size];
  // Used over and over: fresh memory costs more than the bytes that are read into it.
  const [ofDisk, ofImage] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
  for (let offset = 0; offset < imageBytes; offset += CHUNK_BYTES) {
    const [found, expected] = await Promise.all([
      chunkAt(disk, offset, ofDisk),
      chunkAt(image, offset, ofImage),
    ]);
    if (!found.equals(expected)) return offset + differenceOf(found, expected);
  }
  return diskBytes === imageBytes ? null : Math.min(diskBytes, imageBytes);
}

async function chunkAt(file: FileHandle, offset: number, into: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(into, 0, CHUNK_BYTES, offset);
  return into.subarray(0, bytesRead);
}

function differenceOf(found: Buffer, expected: Buffer): number {
  const different = expected.findIndex((byte, index) => byte !== found[index]);
  return different === -1 ? expected.length : different;
}
