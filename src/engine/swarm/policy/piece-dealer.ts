import { lowestBit, PieceSet } from './piece-set.ts';

/**
 * The seeder's policy in a deployment: every piece is dealt once before any is dealt twice, because the seeder's uplink
 * is the one that nobody can replace (the idea of BEP 16, super seeding, without waiting for proof of re-sending).
 */
export class PieceDealer {
  readonly #fresh: PieceSet;
  /** Dealt, and not known to be in the swarm. */
  readonly #underWay: PieceSet;
  #turn = 0;

  constructor(pieces: number) {
    this.#fresh = PieceSet.full(pieces);
    this.#underWay = new PieceSet(pieces);
  }

  /** True while some piece was never dealt, or came back. */
  hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /**
   * True until a copy of every piece is in the swarm. To serve everybody with everything as soon as the last piece was
   * dealt would have many fetch the last few pieces from the seeder, while these are on their way.
   */
  isGoingOn(): boolean {
    return this.#fresh.size > 0 || this.#underWay.size > 0;
  }

  /** True while some of these pieces is not held by a receiver. */
  hasFreshFor(held: PieceSet): boolean {
    return this.#nextFor(held) !== -1;
  }

  /** Whose turn it is among `receivers`: the next one from the last turn on that can take a piece, or -1. */
  nextReceiver(receivers: Int32Array, canTake: (receiver: number) => boolean): number {
    for (let step = 0; step < receivers.length; step++) {
      const place = (this.#turn + step) % receivers.length;
      const receiver = receivers[place]!;
      if (!canTake(receiver)) continue;
      this.#turn = (place + 1) % receivers.length;
      return receiver;
    }
    return -1;
  }

  /** The next fresh piece for a receiver that holds these; there must be one. */
  deal(held: PieceSet): number {
    const piece = this.#nextFor(held);
    this.#fresh.delete(piece);
    this.#underWay.add(piece);
    return piece;
  }

  /** A piece is in the swarm: it was dealt and has left, or came another way. */
  pass(piece: number): void {
    this.#fresh.delete(piece);
    this.#underWay.delete(piece);
  }

  /** A piece that its receiver did not fetch, or whose only holder is gone, becomes fresh again. */
  takeBack(piece: number): void {
    this.#underWay.delete(piece);
    this.#fresh.add(piece);
  }

  #nextFor(held: PieceSet): number {
    for (let place = 0; place < this.#fresh.words.length; place++) {
      const word = this.#fresh.words[place]! & ~held.words[place]!;
      if (word !== 0) return (place << 5) + lowestBit(word);
    }
    return -1;
  }
}
