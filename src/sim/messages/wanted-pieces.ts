import { newPicker } from '../../engine/swarm/policy/picker/new-picker.ts';
import type { PiecePicker } from '../../engine/swarm/policy/picker/piece-picker.ts';
import { PieceShelf } from '../../engine/swarm/policy/picker/piece-shelf.ts';
import { anyPiece, type ChoosePiece } from '../../engine/swarm/policy/picker/unordered-picker.ts';
import { PieceRows, type PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import type { MessageSwarmModel } from './message-swarm-model.ts';

/** What every peer has, and what it asks for next. */
export class WantedPieces {
  /** Pieces that each peer has. */
  readonly held: PieceRows;
  readonly #model: MessageSwarmModel;
  /** By peer: what it has or asks for. */
  readonly #taken: PieceRows;
  /** Stands for the blocks of the peer in question. */
  readonly #blocks: PieceSet;
  /** Stands for the pieces of which it has blocks, but asks nobody for more. */
  readonly #begun: PieceSet;
  readonly #held: PieceSet;
  readonly #pickers: readonly PiecePicker[];
  readonly #anyMissing: ChoosePiece;

  constructor(model: MessageSwarmModel, chance: RandomStream) {
    const { pieces, blocksPerPiece, randomFirst } = model;
    const peers = model.leechers + 1;
    this.#model = model;
    this.held = new PieceRows(peers, pieces);
    this.#held = this.held.row(0);
    this.#taken = new PieceRows(peers, pieces);
    this.#blocks = new PieceRows(peers, pieces * blocksPerPiece).row(0);
    this.#begun = new PieceRows(peers, pieces).row(0);
    this.#anyMissing = anyPiece(chance);
    const shelf = new PieceShelf(peers, pieces);
    const count = (): void => {};
    this.#pickers = Array.from({ length: peers }, (_, row) => {
      const place = { taken: this.#taken.row(row), shelf, row };
      return newPicker({ picker: 'rarest', randomFirst }, { pieces, chance, place, count });
    });
  }

  has(peer: number, piece: number): boolean {
    return this.#held.moveTo(peer).has(piece);
  }

  hasAll(peer: number): boolean {
    return this.held.sizes[peer] === this.held.pieces;
  }

  /** Gives a peer everything. */
  fill(peer: number): void {
    for (let piece = 0; piece < this.#model.pieces; piece++) this.complete(peer, piece);
  }

  /** One more neighbour of a peer has a piece. */
  announced(peer: number, piece: number): void {
    this.#pickers[peer]!.announced(piece);
  }

  /** Claims a piece of those that are offered: one that was begun before all others. @returns it, or -1 */
  claim(peer: number, offered: PieceSet): number {
    let piece = this.#begunOf(peer, offered);
    if (piece === -1) piece = this.#pickers[peer]!.pick(offered);
    if (piece === -1) return this.#isEndgame(peer) ? this.#anyMissing(offered, this.#held.moveTo(peer)) : -1;
    this.#pickers[peer]!.claimed(piece);
    this.#begun.moveTo(peer).delete(piece);
    return piece;
  }

  /** A peer asks nobody for the rest of a piece any more. */
  release(peer: number, piece: number): void {
    if (this.has(peer, piece)) return;
    this.#pickers[peer]!.released(piece);
    if (this.firstMissing(peer, piece) > 0) this.#begun.moveTo(peer).add(piece);
  }

  /** The first block of a piece that a peer lacks, counted within the piece; -1 if it has all. */
  firstMissing(peer: number, piece: number): number {
    const { blocksPerPiece } = this.#model;
    const blocks = this.#blocks.moveTo(peer);
    for (let block = 0; block < blocksPerPiece; block++)
      if (!blocks.has(piece * blocksPerPiece + block)) return block;
    return -1;
  }

  /** Some blocks have arrived, counted from the first of the image. @returns how many of them are new */
  receive(peer: number, from: number, to: number): number {
    const blocks = this.#blocks.moveTo(peer);
    let fresh = 0;
    for (let block = from; block < to; block++) if (blocks.add(block)) fresh++;
    return fresh;
  }

  /** A peer has all of a piece. */
  complete(peer: number, piece: number): void {
    this.#pickers[peer]!.claimed(piece);
    this.#begun.moveTo(peer).delete(piece);
    this.#held.moveTo(peer).add(piece);
  }

  #begunOf(peer: number, offered: PieceSet): number {
    const begun = this.#begun.moveTo(peer);
    if (begun.size === 0) return -1;
    for (const piece of begun) if (offered.has(piece)) return piece;
    return -1;
  }

  #isEndgame(peer: number): boolean {
    return this.#model.hasEndgame && this.#taken.sizes[peer] === this.#model.pieces;
  }
}
