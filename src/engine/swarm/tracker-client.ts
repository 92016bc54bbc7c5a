import { exchange } from '../http/exchange-client.ts';
import {
  type AnnounceEvent,
  type Announcement,
  announceUrl,
  decodeTrackerAnswer,
  type TrackerAnswer,
} from './wire/announce-codec.ts';

/** What is said in every announce, as it is at the time. */
export type Saying = Omit<Announcement, 'event' | 'lost' | 'trackerId'>;

export interface TrackerWatch {
  answered(answer: TrackerAnswer): void;
  failed(cause: Error): void;
}

/** Time for one answer [ms]. */
const PATIENCE_MS = 15_000;
/** A stopped client is waited for no longer [ms]. */
const GOODBYE_MS = 1_000;
/** A tracker that never answered is asked again; others when their interval is over [ms]. */
const RETRY_MS = 2_000;
/** Lost peers that are told of in one announce, those first that were lost last. */
const MOST_LOST = 64;
/** Lost peers that wait to be told of: others may make us lose many that nobody knows. */
const MOST_WAITING = 1024;
/** Some 50,000 peers. */
const MOST_BYTES = 2 ** 20;

/** One HTTP tracker that is told of one torrent: one announce after the other, and again whenever its interval is over. */
export class TrackerClient {
  readonly #url: string;
  readonly #say: () => Saying;
  readonly #watch: TrackerWatch;
  readonly #stopped = new AbortController();
  #last: Promise<void> = Promise.resolve();
  /** The last announce that waits says nothing but that time has passed. */
  #isNext = false;
  #again: NodeJS.Timeout | undefined;
  /** It has answered once. */
  #isHeard = false;
  #intervalMs = RETRY_MS;
  /** Until then it wants to hear of nothing but what happens. */
  #quietUntilMs = 0;
  #trackerId: Uint8Array | undefined;
  /** Addresses of peers that we have lost, and that it was not told of. */
  readonly #lost = new Set<string>();

  constructor(url: string, say: () => Saying, watch: TrackerWatch) {
    this.#url = url;
    this.#say = say;
    this.#watch = watch;
  }

  /** One that says nothing but that time has passed need not be said twice in a row, or sooner than the tracker wants. */
  announce(event?: AnnounceEvent): void {
    if (event === undefined && (this.#isNext || performance.now() < this.#quietUntilMs)) return;
    this.#isNext = event === undefined;
    this.#last = this.#last.then(() => this.#tell(event));
  }

  /** It is told with the next announce, and need not name this peer to us until it hears of it again. */
  lost(address: string): void {
    this.#lost.delete(address);
    if (this.#lost.size === MOST_WAITING) this.#lost.delete(this.#lost.keys().next().value!);
    this.#lost.add(address);
  }

  /** The peer is connected again. */
  found(address: string): void {
    this.#lost.delete(address);
  }

  /** Whatever is under way is given up; the tracker is told, but not waited for. */
  stop(): void {
    clearTimeout(this.#again);
    this.#stopped.abort();
    this.#last = this.#last.then(() => this.#sayGoodbye()).catch(() => {});
  }

  async #sayGoodbye(): Promise<void> {
    const url = announceUrl(this.#url, this.#saying('stopped', []));
    await exchange({ url, patienceMs: GOODBYE_MS, mostBytes: MOST_BYTES });
  }

  /** Who was never heard of starts, whatever else there is to say. */
  async #tell(event: AnnounceEvent | undefined): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    if (event === undefined) this.#isNext = false;
    clearTimeout(this.#again);
    const lost = [...this.#lost].slice(-MOST_LOST).reverse();
    try {
      const url = announceUrl(this.#url, this.#saying(this.#isHeard ? event : 'started', lost));
      const { body } = await exchange({ url, patienceMs: PATIENCE_MS, mostBytes: MOST_BYTES, signal });
      if (signal.aborted) return;
      const answer = decodeTrackerAnswer(body);
      this.#isHeard = true;
      for (const address of lost) this.#lost.delete(address);
      this.#intervalMs = answer.intervalS * 1000;
      this.#quietUntilMs = performance.now() + answer.leastIntervalS * 1000;
      this.#trackerId = answer.trackerId ?? this.#trackerId;
      this.#watch.answered(answer);
    } catch (cause) {
      if (!signal.aborted) this.#watch.failed(cause as Error);
    }
    if (!signal.aborted) this.#again = setTimeout(() => this.announce(), this.#intervalMs);
  }

  #saying(event: AnnounceEvent | undefined, lost: readonly string[]): Announcement {
    return { ...this.#say(), event, lost, trackerId: this.#trackerId };
  }
}
