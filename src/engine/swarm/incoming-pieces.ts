import { type Metainfo, pieceLengthOf } from '../image/metainfo.ts';
import { Evidence } from './evidence.ts';
import type { PieceBuffers } from './piece-buffers.ts';
import type { ChunkStore } from './swarm-client.ts';
import type { Geometry } from './torrent/geometry.ts';
import { FROM_STORE } from './torrent/partial-piece.ts';
import type { BlockAddress } from './wire/message.ts';

/** Stands for the store among those who send. */
const STORE = '';

/** The torrent that they are pieces of, and who sends them. */
export interface IncomingTorrent {
  readonly metainfo: Metainfo;
  readonly geometry: Geometry;
  readonly store: ChunkStore;
  readonly buffers: PieceBuffers;
  /** Who a peer is; empty for one that has gone. */
  identityOf(peer: number): string;
  /** Hears who sent wrong data for a piece. */
  guilty(identity: string, piece: number): void;
}

interface IncomingPiece {
  readonly bytes: Uint8Array;
  /** By peer that has begun to send of it: who it is, which nobody knows any more when it has gone. */
  readonly identities: Map<number, string>;
}

/** Pieces that come in: where their blocks go, whether they are right, and whose fault it is where they are not. */
export class IncomingPieces {
  readonly #torrent: IncomingTorrent;
  readonly #pieces = new Map<number, IncomingPiece>();
  readonly #evidence = new Evidence();

  constructor(torrent: IncomingTorrent) {
    this.#torrent = torrent;
  }

  placeFor(peer: number, { piece, begin, length }: BlockAddress): Uint8Array {
    const { buffers, metainfo, identityOf } = this.#torrent;
    let incoming = this.#pieces.get(piece);
    if (!incoming) {
      incoming = { bytes: buffers.take(pieceLengthOf(metainfo, piece)), identities: new Map() };
      this.#pieces.set(piece, incoming);
    }
    incoming.identities.set(peer, identityOf(peer));
    return incoming.bytes.subarray(begin, begin + length);
  }

  /** A block may still come in there: the memory is used for nothing else. */
  abandon(piece: number): void {
    this.#pieces.delete(piece);
  }

  /**
   * Every block of it has come, or is in the store.
   * @param senders peer by block
   * @returns the piece, or undefined where it is not what it has to be
   */
  async complete(piece: number, senders: readonly number[]): Promise<Uint8Array | undefined> {
    const { metainfo, guilty } = this.#torrent;
    const { bytes, identities: known } = this.#pieces.get(piece)!;
    const identities = senders.map((peer) => (peer === FROM_STORE ? STORE : (known.get(peer) ?? STORE)));
    this.#pieces.delete(piece);
    await this.#fillFromStore(piece, bytes, senders);
    if (!(await metainfo.pieceHashes.matches(piece, bytes))) {
      if (new Set(identities).size === 1) guilty(identities[0]!, piece);
      else await this.#evidence.keep(piece, identities, bytes);
      return undefined;
    }
    if (this.#evidence.has(piece)) await this.#judge(piece, bytes);
    return bytes;
  }

  async #judge(piece: number, bytes: Uint8Array): Promise<void> {
    for (const identity of await this.#evidence.guilty(piece, bytes))
      if (identity !== STORE) this.#torrent.guilty(identity, piece);
  }

  /** Reads the blocks that no peer sent; one that cannot be read makes the hash wrong, and all is fetched. */
  async #fillFromStore(piece: number, bytes: Uint8Array, senders: readonly number[]): Promise<void> {
    const { store, geometry } = this.#torrent;
    for (const [block, sender] of senders.entries()) {
      if (sender !== FROM_STORE) continue;
      const { begin, length } = geometry.blockAt(piece, block);
      await store.read(piece, begin, bytes.subarray(begin, begin + length)).catch(() => {});
    }
  }
}
