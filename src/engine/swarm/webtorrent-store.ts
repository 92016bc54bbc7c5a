import type { StoreRange, TorrentStore } from 'webtorrent';
import type { ChunkStore } from './swarm-client.ts';

type Done = (error: Error | null, bytes?: Uint8Array) => void;

/** Lets webtorrent, which calls back, use a chunk store, which promises. */
export class WebtorrentStore implements TorrentStore {
  readonly chunkLength: number;
  readonly #store: ChunkStore;
  readonly #pieceLengthOf: (piece: number) => number;

  constructor(store: ChunkStore, pieceBytes: number, pieceLengthOf: (piece: number) => number) {
    this.chunkLength = pieceBytes;
    this.#store = store;
    this.#pieceLengthOf = pieceLengthOf;
  }

  put(index: number, bytes: Uint8Array, callback: Done): void {
    this.#store.write(index, bytes).then(() => callback(null), callback);
  }

  get(index: number, range: StoreRange | Done | null, callback?: Done): void {
    const done = callback ?? (range as Done);
    const { offset = 0, length } = typeof range === 'function' ? {} : (range ?? {});
    this.#store
      .read(index, offset, Buffer.allocUnsafeSlow(length ?? this.#pieceLengthOf(index) - offset))
      .then((bytes) => done(null, bytes), done);
  }

  /** The disk outlives the client: it is still read back and closed by its owner. */
  close(callback?: Done): void {
    queueMicrotask(() => callback?.(null));
  }

  destroy(callback?: Done): void {
    this.close(callback);
  }
}
