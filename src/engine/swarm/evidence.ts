import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BLOCK_BYTES } from '../image/metainfo.ts';

/** Hashed in a turn: less than a millisecond. */
const BLOCKS_PER_TURN = 2 ** 20 / BLOCK_BYTES;

/** What a piece with a wrong hash was made of: by block, who sent it and the hash of what was sent. */
interface BadPiece {
  readonly senders: readonly string[];
  readonly blockHashes: readonly string[];
}

/**
 * Finds out who sent wrong data when the blocks of a piece came from several peers: once the piece has come in right,
 * whoever had sent other bytes for one of its blocks is guilty, and nobody else.
 */
export class Evidence {
  readonly #badPieces = new Map<number, BadPiece[]>();

  /** @param senders peer id by block @param bytes the wrong piece */
  async keep(piece: number, senders: readonly string[], bytes: Uint8Array): Promise<void> {
    const bad = { senders, blockHashes: await blockHashesOf(bytes) };
    this.#badPieces.set(piece, [...(this.#badPieces.get(piece) ?? []), bad]);
  }

  has(piece: number): boolean {
    return this.#badPieces.has(piece);
  }

  /** @param bytes the right piece @returns peer ids of those who sent other blocks than the right ones */
  async guilty(piece: number, bytes: Uint8Array): Promise<Set<string>> {
    const rightHashes = await blockHashesOf(bytes);
    const guilty = new Set<string>();
    for (const bad of this.#badPieces.get(piece) ?? []) {
      for (const [block, wrongHash] of bad.blockHashes.entries()) {
        if (wrongHash !== rightHashes[block]) guilty.add(bad.senders[block]!);
      }
    }
    this.#badPieces.delete(piece);
    return guilty;
  }
}

/** In turns, between which the network goes on. */
async function blockHashesOf(bytes: Uint8Array): Promise<string[]> {
  const hashes: string[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    hashes.push(hash('sha1', bytes.subarray(at, at + BLOCK_BYTES)));
    if (hashes.length % BLOCKS_PER_TURN === 0) await nextTurn();
  }
  return hashes;
}
