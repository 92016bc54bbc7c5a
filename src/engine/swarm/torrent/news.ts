import type { Message } from '../wire/message.ts';
import type { Neighbour } from './neighbour.ts';

/**
 * Who is not being served hears of so many new pieces together, or of fewer after this time: each message of its own
 * wakes a process and takes a system call at either end. In the virtual lab, 20 machines, eight and 500 ms are no quicker
 * and take a tenth more packets beside those of blocks; with 24 and 2 s machines are done later. Super
 * seeding pays 1.5 % for it, as its proof that a piece has spread is news of others.
 */
const TOLD_TOGETHER = 12;
const TOLD_MS = 750;
/** The same while we could serve somebody. */
const TOLD_WHEN_FREE_MS = 200;
/**
 * Who is being served, and asked for something or was sent something so short a time ago [ms], hears of a new piece with
 * its next block where that is in memory, and of two at once. In the virtual lab, 20 machines, a seventh of all packets beside those of blocks is
 * saved by that, at no cost in time. Without a limit on the time who waits for news hears of it late: 1.5 % are lost where
 * machines send slower than they receive.
 */
const SERVED_MS = 100;
const TOLD_TOGETHER_WHEN_SERVED = 2;

/** Who is told when of the pieces that came to us. */
export class News {
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  /** Of the torrent. */
  readonly #all: number;
  readonly #send: (neighbour: Neighbour, message: Message) => void;
  /** In their order. */
  readonly #pieces: number[] = [];
  /** When everybody was told last. */
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #isSlotFree = false;

  constructor(
    neighbours: ReadonlyMap<number, Neighbour>,
    pieces: number,
    send: (neighbour: Neighbour, message: Message) => void,
  ) {
    this.#neighbours = neighbours;
    this.#all = pieces;
    this.#send = send;
  }

  /** It has just been told of everything. */
  joined(neighbour: Neighbour): void {
    neighbour.knownNews = this.#pieces.length;
  }

  /**
   * A piece that we have now. Whom we serve hears of it with the next block, everybody else with the next few; and who
   * dealt it to us, though it has it: it deals no more than can arrive.
   */
  stored(piece: number, nowMs: number): void {
    this.#pieces.push(piece);
    for (const neighbour of this.#neighbours.values()) {
      if (this.#pieces.length - neighbour.knownNews >= toldTogether(neighbour, nowMs)) this.tell(neighbour);
      if (this.#isDealing(neighbour) && neighbour.pieces.has(piece))
        this.#send(neighbour, { kind: 'have', piece });
    }
  }

  /** Says what a neighbour does not know that we have, and lacks. @returns whether there was anything new */
  tell(neighbour: Neighbour): boolean {
    if (neighbour.knownNews === this.#pieces.length) return false;
    while (neighbour.knownNews < this.#pieces.length) {
      const piece = this.#pieces[neighbour.knownNews++]!;
      if (!neighbour.pieces.has(piece)) this.#send(neighbour, { kind: 'have', piece });
    }
    return true;
  }

  /** Nobody wants anything of us, or does not know that it does. */
  slotIsFree(nowMs: number): void {
    this.#isSlotFree = true;
    this.ticked(nowMs);
  }

  ticked(nowMs: number): void {
    this.#tellServed(nowMs);
    if (nowMs - this.#toldAtMs < (this.#isSlotFree ? TOLD_WHEN_FREE_MS : TOLD_MS)) return;
    this.#isSlotFree = false;
    for (const neighbour of this.#neighbours.values()) if (this.tell(neighbour)) this.#toldAtMs = nowMs;
  }

  /** Who has fallen silent may wait for just that, and would lose its grant. */
  #tellServed(nowMs: number): void {
    for (const neighbour of this.#neighbours.values())
      if (neighbour.grant && this.#pieces.length - neighbour.knownNews >= toldTogether(neighbour, nowMs))
        this.tell(neighbour);
  }

  /** It does not show everything yet. */
  #isDealing({ isDealer, pieces }: Neighbour): boolean {
    return isDealer && pieces.size < this.#all;
  }
}

/** [piece] After how many pieces of news a neighbour is told of them. */
function toldTogether({ grant }: Neighbour, nowMs: number): number {
  if (!grant) return TOLD_TOGETHER;
  return grant.isUsed && nowMs - grant.usedAtMs < SERVED_MS ? TOLD_TOGETHER_WHEN_SERVED : 1;
}
