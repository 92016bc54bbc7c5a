import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import { decodeChunk } from '../chunk-codec.ts';
import type { Chunk, ExtentMap } from '../extent-map.ts';
import type { RawRun } from '../image-draft.ts';
import { IMAGE_FILES, type StoredImage } from '../image-store.ts';

/** Chunks that are decoded at a time: one for each thread of Node's pool. */
const DECODED_AT_ONCE = 4;

/**
 * All raw bytes of a golden image, chunk by chunk in the order of the disk, each held against its SHA-256. Throws a
 * RunFailure (`BAD_CHUNK`) that names the chunk and its place on the disk.
 */
export async function* verifiedChunks(
  { folder, manifest }: StoredImage,
  { chunks }: ExtentMap,
  signal: AbortSignal,
): AsyncGenerator<RawRun> {
  const payload = await open(join(folder, IMAGE_FILES.payload), 'r');
  const underWay: Promise<RawRun>[] = [];
  try {
    for (const [number, chunk] of chunks.entries()) {
      signal.throwIfAborted();
      underWay.push(decoded(payload, chunk, { number, encoding: manifest.encoding }));
      // Whoever fails first is heard in its turn.
      underWay.at(-1)!.catch(() => {});
      if (underWay.length >= DECODED_AT_ONCE) yield await underWay.shift()!;
    }
    while (underWay.length > 0) {
      signal.throwIfAborted();
      yield await underWay.shift()!;
    }
    signal.throwIfAborted();
  } finally {
    await Promise.allSettled(underWay);
    await payload.close();
  }
}

async function decoded(
  payload: FileHandle,
  chunk: Chunk,
  { number, encoding }: { number: number; encoding: StoredImage['manifest']['encoding'] },
): Promise<RawRun> {
  try {
    const { bytesRead, buffer } = await payload.read(Buffer.alloc(chunk.wireBytes), {
      position: chunk.wireOffset,
    });
    if (bytesRead < chunk.wireBytes)
      throw new ProtocolError(`the payload ends ${chunk.wireBytes - bytesRead} bytes early`);
    const bytes = await decodeChunk(buffer, chunk, encoding);
    const sha256 = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    if (!Buffer.from(sha256).equals(chunk.sha256)) throw new ProtocolError('its SHA-256 is another one');
    return { diskOffset: chunk.diskOffset, bytes };
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RunFailure(
      'BAD_CHUNK',
      `chunk ${number}, at byte ${chunk.diskOffset} of the disk, is damaged: ${cause.message}; capture or import the image again`,
      { cause },
    );
  }
}
