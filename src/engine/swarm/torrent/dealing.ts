import type { PieceDealer } from '../policy/piece-dealer.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { Message } from '../wire/message.ts';
import type { Neighbour } from './neighbour.ts';

/** What is dealt, and who hears of it. */
export interface DealingTable {
  readonly pieces: number;
  /** What we have. */
  readonly held: PieceSet;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  send(neighbour: Neighbour, message: Message): void;
}

/** What a seeder that deals has shown to whom: every piece to one receiver, until all have been dealt once. */
export class Dealing {
  readonly #dealer: PieceDealer;
  readonly #table: DealingTable;
  /** By peer: pieces that it was told of. */
  readonly #shown = new Map<number, PieceSet>();

  constructor(dealer: PieceDealer, table: DealingTable) {
    this.#dealer = dealer;
    this.#table = table;
  }

  /** Whether some piece was not dealt yet. */
  get isGoingOn(): boolean {
    return this.#dealer.hasFresh();
  }

  /** A receiver that is shown nothing at first. */
  joined(neighbour: Neighbour): void {
    this.#shown.set(neighbour.peer, new PieceSet(this.#table.pieces));
  }

  /** What was dealt to a peer that has gone, and nobody else has, is dealt again. */
  left(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.peer);
    this.#shown.delete(neighbour.peer);
    if (!shown || !this.isGoingOn) return;
    const others = [...this.#table.neighbours.values()];
    for (const piece of shown) {
      const isElsewhere = others.some(
        (other) => other.pieces.has(piece) || this.#shown.get(other.peer)?.has(piece),
      );
      if (!isElsewhere) this.#dealer.takeBack(piece);
    }
  }

  /** Somebody has the piece: whoever lacks it can have it from there. */
  announced(piece: number): void {
    if (!this.isGoingOn) return;
    this.#dealer.pass(piece);
    if (!this.isGoingOn) this.#showAll();
  }

  /** Whose turn it is, of those that are free to receive, or -1. */
  nextReceiver(peers: Int32Array, isFree: (neighbour: Neighbour) => boolean): number {
    return this.#dealer.nextReceiver(peers, (peer) => {
      const neighbour = this.#table.neighbours.get(peer)!;
      return isFree(neighbour) && this.#dealer.hasFreshFor(neighbour.pieces);
    });
  }

  /** Shows a receiver one fresh piece, where there is one that it lacks. */
  deal(neighbour: Neighbour): void {
    if (!this.#dealer.hasFreshFor(neighbour.pieces)) return;
    const piece = this.#dealer.deal(neighbour.pieces);
    this.#shown.get(neighbour.peer)?.add(piece);
    this.#table.send(neighbour, { kind: 'have', piece });
    if (!this.isGoingOn) this.#showAll();
  }

  /** Whether a neighbour may ask for a piece: it was told of it, or of everything. */
  mayHave({ peer }: Neighbour, piece: number): boolean {
    return this.#shown.get(peer)?.has(piece) ?? true;
  }

  /** Everything has been dealt once: from now on everybody may ask for anything. */
  #showAll(): void {
    const { neighbours, held } = this.#table;
    for (const neighbour of neighbours.values()) {
      const shown = this.#shown.get(neighbour.peer);
      for (const piece of held) {
        if (neighbour.pieces.has(piece) || shown?.has(piece)) continue;
        this.#table.send(neighbour, { kind: 'have', piece });
      }
    }
    this.#shown.clear();
  }
}
