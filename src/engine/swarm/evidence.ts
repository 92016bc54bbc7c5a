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

  /** @param senders peer id by block */
  keep(piece: number, senders: readonly string[], blockHashes: readonly string[]): void {
    const kept = this.#badPieces.get(piece) ?? [];
    kept.push({ senders, blockHashes });
    this.#badPieces.set(piece, kept);
  }

  has(piece: number): boolean {
    return this.#badPieces.has(piece);
  }

  /** @returns peer ids of those who sent other blocks than the right ones */
  guilty(piece: number, blockHashes: readonly string[]): Set<string> {
    const guilty = new Set<string>();
    for (const bad of this.#badPieces.get(piece) ?? []) {
      for (const [block, hash] of bad.blockHashes.entries()) {
        if (hash !== blockHashes[block]) guilty.add(bad.senders[block]!);
      }
    }
    this.#badPieces.delete(piece);
    return guilty;
  }
}
