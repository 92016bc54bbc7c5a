import type { Geometry } from './geometry.ts';
import type { Neighbour } from './neighbour.ts';
import type { OpenPieces } from './open-pieces.ts';
import type { PartialPiece } from './partial-piece.ts';
import type { Sources } from './sources.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** Where requests are written down, and who hears of them. */
export interface RequestPlaces {
  readonly geometry: Geometry;
  readonly sources: Sources;
  readonly open: OpenPieces;
  readonly emit: EmitEffect;
}

/** What we ask peers for: a request is known to the peer that owes us the block, and to the piece that it is of. */
export class Requests {
  readonly #places: RequestPlaces;

  constructor(places: RequestPlaces) {
    this.#places = places;
  }

  /** Asks a peer for blocks of a piece until it owes us as many as it may: for free ones, or for late ones if there are none. */
  ask(neighbour: Neighbour, partial: PartialPiece, nowMs: number): void {
    const { geometry, sources, emit } = this.#places;
    const most = sources.depthOf(neighbour);
    const isLate = partial.freeBlocks === 0;
    for (let block = 0; block < partial.blocks && neighbour.askedBlocks < most; block++) {
      if (!partial.isOpen(block, isLate)) continue;
      if (neighbour.asked.get(partial.piece)?.has(block)) continue;
      partial.requested(block);
      if (neighbour.askedBlocks === 0) neighbour.heardAtMs = nowMs;
      sources.add(neighbour, partial.piece, block, nowMs);
      const message = { ...geometry.blockAt(partial.piece, block), kind: 'request' } as const;
      emit({ kind: 'sendMessage', peer: neighbour.peer, message });
    }
  }

  /** Others have sent a block. @returns whether it was asked of this peer as well */
  takeBack(neighbour: Neighbour, piece: number, block: number): boolean {
    const { sources, open } = this.#places;
    if (!sources.remove(neighbour, piece, block)) return false;
    open.of(piece)!.released(block, neighbour.peer);
    this.cancel(neighbour, piece, block);
    return true;
  }

  /** Says that a block need not come. With the fast extension that is answered, if only by the block. */
  cancel({ peer, hasFast, cancelled }: Neighbour, piece: number, block: number): void {
    const { geometry, emit } = this.#places;
    if (hasFast) cancelled.add(this.#numberOf(piece, block));
    emit({ kind: 'sendMessage', peer, message: { ...geometry.blockAt(piece, block), kind: 'cancel' } });
  }

  /**
   * A neighbour has answered a request.
   * @returns whether that is the answer to one that was cancelled; the block may have been asked for again since
   */
  answered({ cancelled }: Neighbour, piece: number, block: number): boolean {
    return cancelled.delete(this.#numberOf(piece, block));
  }

  #numberOf(piece: number, block: number): number {
    return piece * this.#places.geometry.blocksOf(0) + block;
  }

  /** Lets a request go. @returns whether the piece has got its first free block by that */
  letGo(neighbour: Neighbour, piece: number, block: number): boolean {
    const partial = this.#places.open.of(piece);
    return partial?.released(block, neighbour.peer) === true && partial.freeBlocks === 1;
  }

  /** Lets all go that a peer owes us. @returns pieces that have got their first free block by that */
  letGoAll(neighbour: Neighbour): number[] {
    const owed = this.#places.sources.removeAll(neighbour);
    const freed = owed.filter(([piece, blocks]) =>
      [...blocks].map((block) => this.letGo(neighbour, piece, block)).includes(true),
    );
    return freed.map(([piece]) => piece);
  }
}
