import { digestOf } from '../digest.ts';
import type { Chunk } from '../image/extent-map.ts';

/** Whether these are the raw bytes of a chunk. They must stay as they are until it resolves. */
export async function isChunk({ rawBytes, sha256 }: Chunk, raw: Uint8Array): Promise<boolean> {
  return raw.length === rawBytes && (await digestOf('sha256', raw)).equals(sha256);
}
