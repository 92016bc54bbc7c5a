import type { Chunk } from '../image/extent-map.ts';

/** Whether these are the raw bytes of a chunk; hashed on a thread of Node's pool. */
export async function isChunk({ rawBytes, sha256 }: Chunk, raw: Uint8Array): Promise<boolean> {
  if (raw.length !== rawBytes) return false;
  const digest = await crypto.subtle.digest('SHA-256', raw as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).equals(sha256);
}
