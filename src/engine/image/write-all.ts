import type { FileHandle } from 'node:fs/promises';

/** Writes all of them: of what the disk has no room for, Linux takes a part at first. @param position bytes from the start of the file */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
