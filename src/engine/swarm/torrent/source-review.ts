import { BLOCK_BYTES } from '../../image/metainfo.ts';
import type { Neighbour } from './neighbour.ts';

/** Shortest time between two looks [ms]. */
const REVIEW_MS = 500;
/** A source gives at least this share of what the best one gives. */
const LEAST_SHARE = 1 / 16;
/** Before the best has given so much nothing is said of the others: a block more or less is chance. */
const TELLING_BYTES = (2 / LEAST_SHARE) * BLOCK_BYTES;
/** What the best gave in a second counts for so much at the next look: all lines may have become slower. */
const REMEMBERED = 0.7;

/**
 * Which sources hardly give anything, beside the best one: their cables are broken, or their links slow. Whoever had only
 * such ones would wait for them, and decline the unchokes of all others.
 */
export class SourceReview {
  readonly #isWeak: (neighbour: Neighbour, isWeak: boolean) => void;
  #atMs = 0;
  /** What the best gave, as it is remembered [byte/s]. */
  #bestBps = 0;
  /** By peer that owed us blocks at the last look: what it had given by then [byte]. */
  #given = new Map<number, number>();

  /** @param isWeak hears what becomes of a source that owed us blocks at two looks */
  constructor(isWeak: (neighbour: Neighbour, isWeak: boolean) => void) {
    this.#isWeak = isWeak;
  }

  /** To be called often. */
  ticked(neighbours: ReadonlyMap<number, Neighbour>, nowMs: number): void {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs < REVIEW_MS) return;
    const gave = [...this.#given].flatMap(([peer, before]) => {
      const neighbour = neighbours.get(peer);
      return neighbour ? { neighbour, bytes: neighbour.givenBytes - before } : [];
    });
    const most = Math.max((this.#bestBps * elapsedMs) / 1000, ...gave.map(({ bytes }) => bytes));
    if (most < TELLING_BYTES && gave.length > 0) return;
    this.#atMs = nowMs;
    this.#bestBps = ((REMEMBERED * most) / elapsedMs) * 1000;
    this.#given = new Map();
    for (const [peer, { askedBlocks, givenBytes }] of neighbours)
      if (askedBlocks > 0) this.#given.set(peer, givenBytes);
    for (const { neighbour, bytes } of gave)
      if (neighbour.askedBlocks > 0) this.#isWeak(neighbour, bytes < LEAST_SHARE * most);
  }
}
