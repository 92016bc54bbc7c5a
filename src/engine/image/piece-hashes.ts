import { digestOf } from '../digest.ts';

const HASH_BYTES = 20;

/** SHA-1 of every piece, 20 bytes each, as the metainfo has them: 100 GB in pieces of 16 KiB are six million. */
export class PieceHashes {
  readonly #bytes: Uint8Array;

  /** @param bytes a whole number of hashes; not copied */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length / HASH_BYTES;
  }

  /** Whether these are the bytes of a piece. They must stay as they are until it resolves. */
  async matches(piece: number, bytes: Uint8Array): Promise<boolean> {
    const digest = await digestOf('sha1', bytes);
    return digest.equals(this.#bytes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES));
  }

  /** 40 hex digits. */
  at(piece: number): string {
    return Buffer.from(this.#bytes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES)).toString('hex');
  }
}
