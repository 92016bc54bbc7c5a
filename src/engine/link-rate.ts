/** Rates of a network link in bytes per second, Infinity for no limit. */
export interface LinkRates {
  readonly upBps: number;
  readonly downBps: number;
}

export const UNLIMITED: LinkRates = {
  upBps: Number.POSITIVE_INFINITY,
  downBps: Number.POSITIVE_INFINITY,
};

/** An idle link saves up no more. */
const CATCH_UP_MS = 20;
/** Nor is more made up for where a busy computer comes late to tell that something is carried, and more follows at once. */
const MOST_LATE_MS = 1_000;

/** Bytes that somebody wants carried. */
interface Load {
  /** What has not been carried yet. */
  bytes: number;
  readonly carried: () => void;
}

/**
 * One direction of a link that carries so many bytes per second and no more.
 * Who asks first is served first (generic cell rate algorithm, ITU-T I.371, in its virtual-scheduling form),
 * so streams that each ask for one chunk at a time share the link evenly.
 */
export class LinkRate {
  #rateBps: number;
  /** The one that asked first is in front, and is being carried. */
  readonly #waiting: Load[] = [];
  /** Since when the front has been carried at this rate; when nobody waits, when the last was done; NaN before the first. */
  #sinceMs = Number.NaN;
  /** When it was last told that something is carried: that may be later than it was. */
  #toldMs = Number.NaN;
  #timer: NodeJS.Timeout | undefined;

  /** @param rateBps bytes per second, Infinity for no limit */
  constructor(rateBps: number) {
    this.#rateBps = rateBps;
  }

  get rateBps(): number {
    return this.#rateBps;
  }

  /** Bytes per second; a change holds for all that has not been carried yet. */
  set rateBps(rateBps: number) {
    const front = this.#waiting[0];
    if (front) {
      const nowMs = performance.now();
      front.bytes = Math.max(0, front.bytes - (this.#rateBps * Math.max(0, nowMs - this.#sinceMs)) / 1000);
      this.#sinceMs = nowMs;
    }
    this.#rateBps = rateBps;
    this.#carry();
  }

  /** Resolves when the link has carried `bytes` behind everything asked for before. */
  async carry(bytes: number): Promise<void> {
    if (this.#rateBps === Number.POSITIVE_INFINITY) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) this.#sinceMs = this.#startMs();
    this.#waiting.push({ bytes, carried: resolve });
    if (this.#waiting.length === 1) this.#carry();
    return promise;
  }

  /** When the link begins with what comes now. */
  #startMs(): number {
    const nowMs = performance.now();
    if (Number.isNaN(this.#sinceMs)) return nowMs;
    const wasIdle = nowMs - this.#toldMs > CATCH_UP_MS;
    return Math.max(this.#sinceMs, nowMs - (wasIdle ? CATCH_UP_MS : MOST_LATE_MS));
  }

  /** Tells all who are done, and looks again when the next one is. */
  #carry(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    for (let front = this.#waiting[0]; front; front = this.#waiting[0]) {
      const doneAtMs = this.#sinceMs + (front.bytes / this.#rateBps) * 1000;
      if (doneAtMs > nowMs) {
        // Timers count whole milliseconds and may fire up to one too early.
        this.#timer = setTimeout(() => this.#carry(), Math.ceil(doneAtMs - nowMs));
        return;
      }
      this.#sinceMs = doneAtMs;
      this.#toldMs = nowMs;
      this.#waiting.shift();
      front.carried();
    }
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
