import { createHash, hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** SHA-1 of this much takes less than a millisecond: so long the network may wait. */
const SLICE_BYTES = 2 ** 20;

/** SHA-1 of a piece, 40 hex digits. A long piece is hashed in turns, between which the network goes on. */
export async function pieceHash(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= SLICE_BYTES) return hash('sha1', bytes);
  const digest = createHash('sha1');
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    digest.update(bytes.subarray(at, at + SLICE_BYTES));
    await nextTurn();
  }
  return digest.digest('hex');
}
