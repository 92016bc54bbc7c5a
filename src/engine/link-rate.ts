import { setTimeout as sleep } from 'node:timers/promises';

/** Rates of a network link in bytes per second, Infinity for no limit. */
export interface LinkRates {
  readonly upBps: number;
  readonly downBps: number;
}

export const UNLIMITED: LinkRates = {
  upBps: Number.POSITIVE_INFINITY,
  downBps: Number.POSITIVE_INFINITY,
};

/** A timer that fires late by up to this much is made up for; an idle link saves up no more. */
const CATCH_UP_MS = 20;

/**
 * One direction of a link that carries so many bytes per second and no more.
 * Who asks first is served first (generic cell rate algorithm, ITU-T I.371, in its virtual-scheduling form),
 * so streams that each ask for one chunk at a time share the link evenly.
 */
export class LinkRate {
  /** Bytes per second; a change holds for what is asked for from then on. */
  rateBps: number;
  /** When the link has carried everything that was asked for. */
  #freeAtMs = Number.NaN;
  /** Whoever asked last. */
  #last: Promise<void> = Promise.resolve();

  /** @param rateBps bytes per second, Infinity for no limit */
  constructor(rateBps: number) {
    this.rateBps = rateBps;
  }

  /** Resolves when the link has carried `bytes` behind everything asked for before. */
  async carry(bytes: number): Promise<void> {
    if (this.rateBps === Number.POSITIVE_INFINITY) return;
    const nowMs = performance.now();
    const startMs = Number.isNaN(this.#freeAtMs) ? nowMs : Math.max(this.#freeAtMs, nowMs - CATCH_UP_MS);
    const doneAtMs = startMs + (bytes / this.rateBps) * 1000;
    this.#freeAtMs = doneAtMs;
    this.#last = this.#carried(doneAtMs, this.#last);
    return this.#last;
  }

  /** Timers that are late come in any order: nobody is served before who asked earlier. */
  async #carried(doneAtMs: number, before: Promise<void>): Promise<void> {
    // Timers count whole milliseconds and may fire up to one too early.
    for (let leftMs = doneAtMs - performance.now(); leftMs > 0; leftMs = doneAtMs - performance.now()) {
      await sleep(Math.ceil(leftMs));
    }
    await before;
  }
}

/** Time that one chunk holds the link: short enough that streams take turns often, long enough to be cheap. */
const CHUNK_S = 0.004;
const SMALLEST_CHUNK = 1_024;
const LARGEST_CHUNK = 262_144;

/** @returns bytes in which a stream is best cut for a link of this rate */
export function chunkBytesFor(rateBps: number): number {
  return Math.round(Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, rateBps * CHUNK_S)));
}
