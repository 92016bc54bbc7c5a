import { createHash, type Hash } from 'node:crypto';
import { type Encodable, encodeBencode } from '../../bencode.ts';
import { type UsedFile, usedFileName } from './used-files.ts';

/** EZIO's own scripts make pieces of just this size (utils/partclone_create_torrent.py). */
export const EZIO_PIECE_BYTES = 16 * 2 ** 20;

/** SHA-1 of the pieces that a run of bytes is cut into, while it goes by. */
export class PieceHasher {
  readonly #pieceBytes: number;
  readonly #hashes: Buffer[] = [];
  #hash: Hash = createHash('sha1');
  #hashed = 0;

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  add(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + this.#pieceBytes - this.#hashed);
      this.#hash.update(part);
      this.#hashed += part.length;
      done += part.length;
      if (this.#hashed === this.#pieceBytes) this.#keep();
    }
  }

  /** @returns 20 bytes a piece; the last one may be short */
  end(): Buffer {
    if (this.#hashed > 0) this.#keep();
    return Buffer.concat(this.#hashes);
  }

  #keep(): void {
    this.#hashes.push(this.#hash.digest());
    this.#hash = createHash('sha1');
    this.#hashed = 0;
  }
}

export interface EzioTorrent {
  /** Of the partition, such as `sda1`; the folder of its files. */
  readonly name: string;
  readonly files: readonly UsedFile[];
  readonly pieces: Uint8Array;
  /** Announce URL. */
  readonly tracker?: string;
}

/** The metainfo of a partition (BEP 3, private by BEP 27): a file for each run, named by its offset. */
export function encodeEzioTorrent({ name, files, pieces, tracker }: EzioTorrent): Uint8Array {
  const info = new Map<string, Encodable>([
    [
      'files',
      files.map(
        (file) =>
          new Map<string, Encodable>([
            ['length', file.bytes],
            ['path', [usedFileName(file)]],
          ]),
      ),
    ],
    ['name', name],
    ['piece length', EZIO_PIECE_BYTES],
    ['pieces', pieces],
    ['private', 1],
  ]);
  const torrent = new Map<string, Encodable>([
    ...(tracker === undefined ? [] : [['announce', tracker] as const]),
    ['created by', 'swarmboot'],
    ['info', info],
  ]);
  return encodeBencode(torrent);
}
