/** How many blocks to have asked of one neighbour at a time; one for each connection. */
export interface RequestPipeline {
  /** Blocks that may be outstanding. */
  readonly depth: number;
  /** A block was asked for while so many others were outstanding. */
  requested(outstanding: number, nowMs: number): void;
  /** The first byte of a block came. */
  began(nowMs: number): void;
  /** The last byte of a block came. */
  received(bytes: number, nowMs: number): void;
}

/** So many blocks, whatever the connection is like. */
export class FixedPipeline implements RequestPipeline {
  readonly depth: number;

  constructor(depth: number) {
    this.depth = depth;
  }

  requested(): void {}

  began(): void {}

  received(): void {}
}

/** Bounds and sizes of a measured pipeline. */
export interface PipelineSettings {
  readonly blockBytes: number;
  /** Blocks outstanding before anything was measured and at least, and at most. */
  readonly least: number;
  readonly most: number;
}

/** The rate is an average in which what happened this long ago counts 1/e. */
const RATE_MEMORY_MS = 2000;
/** The shortest delay of one to two of these is what the way takes; longer ones waited behind what others asked for. */
const DELAY_SPAN_MS = 10_000;
/** More than what fits on the way: the rate shows what the connection can carry only while more is asked for. */
const MARGIN = 1.5;

/**
 * As many blocks as the connection carries between a request and its first byte, and the one that comes in, with a
 * margin. Only requests that found nothing outstanding tell that delay, and of these the shortest of the last while (the
 * filter of BBR, Cardwell et al. 2016): any other waits behind what we or others asked for before, and a pipeline that
 * counts queues grows without end.
 */
export class MeasuredPipeline implements RequestPipeline {
  readonly #settings: PipelineSettings;
  /** The shortest delays of this span of time and of the one before. */
  #shortestMs: [now: number, before: number] = [Infinity, Infinity];
  #spanEndsMs = 0;
  /** When the request was made whose first byte is waited for; NaN while none is. */
  #askedAtMs = Number.NaN;
  /** Up to when the rate has been measured. */
  #measuredToMs = 0;
  /** Bytes that came, and the time they took; older ones count less. */
  #bytes = 0;
  #tookMs = 0;

  constructor(settings: PipelineSettings) {
    this.#settings = settings;
  }

  get depth(): number {
    const { blockBytes, least, most } = this.#settings;
    const delayMs = Math.min(...this.#shortestMs);
    if (this.#tookMs === 0 || delayMs === Infinity) return least;
    const onTheWay = (this.#bytes / this.#tookMs) * delayMs;
    return Math.min(most, Math.max(least, Math.ceil(MARGIN * (onTheWay / blockBytes + 1))));
  }

  requested(outstanding: number, nowMs: number): void {
    if (outstanding === 0) this.#askedAtMs = nowMs;
  }

  began(nowMs: number): void {
    if (Number.isNaN(this.#askedAtMs)) return;
    if (nowMs >= this.#spanEndsMs) {
      this.#shortestMs = [Infinity, this.#shortestMs[0]];
      this.#spanEndsMs = nowMs + DELAY_SPAN_MS;
    }
    this.#shortestMs[0] = Math.min(this.#shortestMs[0], nowMs - this.#askedAtMs);
    this.#askedAtMs = Number.NaN;
    this.#measuredToMs = nowMs;
  }

  received(bytes: number, nowMs: number): void {
    const tookMs = nowMs - this.#measuredToMs;
    const memory = Math.exp(-tookMs / RATE_MEMORY_MS);
    this.#bytes = this.#bytes * memory + bytes;
    this.#tookMs = this.#tookMs * memory + tookMs;
    this.#measuredToMs = nowMs;
  }
}
