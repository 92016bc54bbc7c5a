/**
 * The seeder's policy in a deployment: every piece is dealt once before any is dealt twice, because the seeder's uplink
 * is the one that nobody can replace (the idea of BEP 16, super seeding, without waiting for proof of re-sending).
 */
export class PieceDealer {
  readonly #fresh: number[];
  #turn = 0;

  constructor(pieces: number) {
    this.#fresh = Array.from({ length: pieces }, (_, piece) => pieces - 1 - piece);
  }

  /** True while some piece was never dealt, or came back. */
  hasFresh(): boolean {
    return this.#fresh.length > 0;
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

  /** The next fresh piece; there must be one. */
  deal(): number {
    return this.#fresh.pop()!;
  }

  /** A piece whose only holder is gone becomes fresh again. */
  takeBack(piece: number): void {
    if (!this.#fresh.includes(piece)) this.#fresh.push(piece);
  }
}
