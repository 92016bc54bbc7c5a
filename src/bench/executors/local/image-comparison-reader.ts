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
  for (let offset = 0; offset < imageBytes; offset += CHUNK_BYTES) {
    const [found, expected] = await Promise.all([chunkAt(disk, offset), chunkAt(image, offset)]);
    if (!found.equals(expected)) return offset + differenceOf(found, expected);
  }
  return diskBytes === imageBytes ? null : Math.min(diskBytes, imageBytes);
}

async function chunkAt(file: FileHandle, offset: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
  return buffer.subarray(0, bytesRead);
}

function differenceOf(found: Buffer, expected: Buffer): number {
  const different = expected.findIndex((byte, index) => byte !== found[index]);
  return different === -1 ? expected.length : different;
}
