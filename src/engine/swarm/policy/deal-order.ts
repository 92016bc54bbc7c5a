import { SpreadTimes } from './spread-times.ts';

/** What a seeder knows when it deals the next piece. */
export interface DealChoice {
  readonly receivers: Int32Array;
  canTake(receiver: number): boolean;
  /** Pieces that it has. */
  wealthOf(receiver: number): number;
}

/** So many are looked at for the poorest: as many neighbours as a seeder has. */
const LOOKED_AT = 128;

/**
 * One piece of so many goes to the poorest. With every piece they are dealt to few; where no link of receivers has a limit
 * and each sends to one at a time, 10,000 machines need 3 piece times more.
 */
const TURNS_TO_POOREST = 5;

/**
 * To whom a seeder deals next. All have their turn; that of those whose pieces take long until somebody else has them is
 * for the next one that passes pieces on quickly, and one turn of so many is for the poorest of these: who has found fewer
 * sources than others would be done later by all that it lacks, and has the seeder instead.
 */
export class DealOrder {
  readonly #spread = new SpreadTimes();
  #turn = 0;
  #count = 0;

  /** @returns a receiver that can take a piece, or -1 */
  next(choice: DealChoice, nowMs: number): number {
    const { canTake } = choice;
    const receiver = this.#inTurn(choice, canTake);
    if (receiver === -1) return -1;
    const paceOf = this.#spread.paces(nowMs);
    if (paceOf(receiver) === 'unknown') return receiver;
    const canTakeQuickly = (one: number): boolean => paceOf(one) === 'quick' && canTake(one);
    const isForPoorest = ++this.#count % TURNS_TO_POOREST === 0;
    if (isForPoorest) return this.#poorest(choice, canTakeQuickly) ?? receiver;
    if (paceOf(receiver) === 'quick') return receiver;
    const quick = this.#inTurn(choice, canTakeQuickly);
    return quick === -1 ? receiver : quick;
  }

  /** To a receiver at the seeder's site: elsewhere pieces take longer, and what goes there others wait for. */
  dealt(piece: number, receiver: number, nowMs: number): void {
    this.#spread.dealt(piece, receiver, nowMs);
  }

  /** Somebody has a piece. */
  announced(piece: number, holder: number, nowMs: number): void {
    this.#spread.announced(piece, holder, nowMs);
  }

  left(receiver: number): void {
    this.#spread.left(receiver);
  }

  /** The next one from the last turn on, or -1. */
  #inTurn({ receivers }: DealChoice, isGood: (receiver: number) => boolean): number {
    for (let step = 0; step < receivers.length; step++) {
      const place = (this.#turn + step) % receivers.length;
      const receiver = receivers[place]!;
      if (!isGood(receiver)) continue;
      this.#turn = (place + 1) % receivers.length;
      return receiver;
    }
    return -1;
  }

  /** Of equal ones it is the next in turn. */
  #poorest({ receivers, wealthOf }: DealChoice, isGood: (receiver: number) => boolean): number | undefined {
    const looked = Math.min(LOOKED_AT, receivers.length);
    let poorest: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let step = 0; step < looked; step++) {
      const receiver = receivers[(this.#turn + step) % receivers.length]!;
      const wealth = wealthOf(receiver);
      if (wealth >= least || !isGood(receiver)) continue;
      poorest = receiver;
      least = wealth;
    }
    return poorest;
  }
}
