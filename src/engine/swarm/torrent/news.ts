import type { Message } from '../wire/message.ts';
import type { Neighbour } from './neighbour.ts';

/**
 * Who is not being served hears of so many new pieces together, or of fewer after this time: each message of its own
 * wakes a process and takes a system call at either end. In the virtual lab up to half a second makes no difference.
 */
const TOLD_TOGETHER = 4;
const TOLD_MS = 200;

/** Who is told when of the pieces that came to us. */
export class News {
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #send: (neighbour: Neighbour, message: Message) => void;
  /** In their order. */
  readonly #pieces: number[] = [];
  #toldAtMs = 0;

  constructor(
    neighbours: ReadonlyMap<number, Neighbour>,
    send: (neighbour: Neighbour, message: Message) => void,
  ) {
    this.#neighbours = neighbours;
    this.#send = send;
  }

  /** It has just been told of everything. */
  joined(neighbour: Neighbour): void {
    neighbour.knownNews = this.#pieces.length;
  }

  /** A piece that we have now. Whom we serve hears of it at once, everybody else with the next few. */
  stored(piece: number): void {
    this.#pieces.push(piece);
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.grant || this.#pieces.length - neighbour.knownNews >= TOLD_TOGETHER) this.tell(neighbour);
    }
  }

  /** Says what a neighbour does not know that we have, and lacks. */
  tell(neighbour: Neighbour): void {
    while (neighbour.knownNews < this.#pieces.length) {
      const piece = this.#pieces[neighbour.knownNews++]!;
      if (!neighbour.pieces.has(piece)) this.#send(neighbour, { kind: 'have', piece });
    }
  }

  tellAll(): void {
    for (const neighbour of this.#neighbours.values()) this.tell(neighbour);
  }

  ticked(nowMs: number): void {
    if (nowMs - this.#toldAtMs < TOLD_MS) return;
    this.#toldAtMs = nowMs;
    this.tellAll();
  }
}
