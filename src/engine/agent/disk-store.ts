import type { ChunkStore } from '../swarm/swarm-client.ts';
import type { DiskWriter } from './disk-writer.ts';

/** The pieces of the image at their places on the disk: no staging. A blank disk holds none of them. */
export class DiskStore implements ChunkStore {
  readonly #disk: DiskWriter;
  readonly #pieceBytes: number;
  readonly #written = new Set<number>();

  constructor(disk: DiskWriter, pieceBytes: number) {
    this.#disk = disk;
    this.#pieceBytes = pieceBytes;
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    await this.#disk.writeAt(piece * this.#pieceBytes, bytes);
    this.#written.add(piece);
  }

  async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    if (!this.#written.has(piece)) throw new Error(`piece ${piece} is not on the disk`);
    return this.#disk.readAt(piece * this.#pieceBytes + offset, into);
  }
}
