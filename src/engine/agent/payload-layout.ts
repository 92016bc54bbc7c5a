import type { Chunk, ExtentMap } from '../image/extent-map.ts';

/** The part of a chunk's wire form that lies in one piece. */
export interface Span {
  readonly chunk: number;
  readonly piece: number;
  /** Where it begins, in bytes from the start of the piece and of the chunk's wire form. */
  readonly inPiece: number;
  readonly inChunk: number;
  readonly bytes: number;
}

/** Where chunks lie in pieces: the payload is cut at both, and neither knows of the other. */
export class PayloadLayout {
  readonly chunks: readonly Chunk[];
  readonly pieceBytes: number;
  readonly payloadBytes: number;

  constructor({ chunks, payloadBytes }: ExtentMap, pieceBytes: number) {
    this.chunks = chunks;
    this.pieceBytes = pieceBytes;
    this.payloadBytes = payloadBytes;
  }

  get pieces(): number {
    return Math.ceil(this.payloadBytes / this.pieceBytes);
  }

  /** Bytes of a piece; the last one may be short. */
  bytesOf(piece: number): number {
    return Math.min(this.pieceBytes, this.payloadBytes - piece * this.pieceBytes);
  }

  /** Parts of all chunks that lie in a piece, in their order; they fill it. */
  spansIn(piece: number): Span[] {
    const begin = piece * this.pieceBytes;
    return this.chunksOver(begin, begin + this.bytesOf(piece)).map((chunk) => this.#span(chunk, piece));
  }

  /** Parts of a chunk in all pieces that it lies in, in their order. */
  spansOf(chunk: number): Span[] {
    const { wireOffset, wireBytes } = this.chunks[chunk]!;
    const first = Math.floor(wireOffset / this.pieceBytes);
    const last = Math.floor((wireOffset + wireBytes - 1) / this.pieceBytes);
    return Array.from({ length: last - first + 1 }, (_, place) => this.#span(chunk, first + place));
  }

  /** Chunks that have a byte from `begin` to before `end` of the payload. */
  chunksOver(begin: number, end: number): number[] {
    const over: number[] = [];
    for (let chunk = this.#chunkAt(begin); chunk < this.chunks.length; chunk++) {
      if (this.chunks[chunk]!.wireOffset >= end) break;
      over.push(chunk);
    }
    return over;
  }

  #span(chunk: number, piece: number): Span {
    const { wireOffset, wireBytes } = this.chunks[chunk]!;
    const pieceBegin = piece * this.pieceBytes;
    const begin = Math.max(wireOffset, pieceBegin);
    const end = Math.min(wireOffset + wireBytes, pieceBegin + this.pieceBytes);
    return { chunk, piece, inPiece: begin - pieceBegin, inChunk: begin - wireOffset, bytes: end - begin };
  }

  /** The chunk that a byte of the payload belongs to. */
  #chunkAt(offset: number): number {
    let [low, high] = [0, this.chunks.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.chunks[middle]!.wireOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
