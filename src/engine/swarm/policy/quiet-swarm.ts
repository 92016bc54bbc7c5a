/** What peers have brought in this time is what counts. */
const WINDOW_MS = 10_000;
/** A block a second: whoever needs more than an hour for 64 MiB has no swarm to speak of. */
const LEAST_BPS = 16_384;
/** Nobody is connected for so long: nobody will be soon. */
const ALONE_MS = 2_000;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** What is seen of the swarm. */
export interface SwarmSight {
  /** Peers that are connected. */
  readonly peers: number;
  /** Bytes that they have brought so far. */
  readonly bytes: number;
}

/**
 * Decides when the swarm brings so little that a web seed has to help. In a deployment the web server's uplink is the
 * seeder's, and every piece that it sends twice is late for somebody: as long as the swarm lives, it is left alone.
 */
export class QuietSwarm {
  /** The oldest is the last one that lies before the window. */
  readonly #samples: Sample[] = [];
  #aloneSinceMs = Number.POSITIVE_INFINITY;

  /** To be asked every second or so. */
  isQuiet(nowMs: number, { peers, bytes }: SwarmSight): boolean {
    this.#aloneSinceMs = peers > 0 ? Number.POSITIVE_INFINITY : Math.min(this.#aloneSinceMs, nowMs);
    this.#samples.push({ atMs: nowMs, bytes });
    while (this.#samples.length > 1 && this.#samples[1]!.atMs <= nowMs - WINDOW_MS) this.#samples.shift();
    if (nowMs - this.#aloneSinceMs >= ALONE_MS) return true;
    const [oldest] = this.#samples;
    const elapsedMs = nowMs - oldest!.atMs;
    return elapsedMs >= WINDOW_MS && bytes - oldest!.bytes < (LEAST_BPS * elapsedMs) / 1000;
  }
}
