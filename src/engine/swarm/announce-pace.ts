/** While pieces are missing the tracker is asked for further peers this often. */
const REGULAR_MS = 30_000;
/** After the loss of a peer it is asked so much later, and then in steps that grow until they are the regular ones. */
const AFTER_LOSS_MS = 2_000;
/**
 * How much longer each of these steps is: whoever waits for a server that was started again waits little more than a tenth
 * longer than it was away, and a server that is back is asked by each machine every few seconds.
 */
const GROWTH = 1.1;

/** When a peer that misses pieces asks the tracker for others: sooner after it has lost one, who may be back already. */
export class AnnouncePace {
  #stepMs = REGULAR_MS;
  #dueMs: number;

  /** The tracker has just been asked. */
  constructor(nowMs: number) {
    this.#dueMs = nowMs + REGULAR_MS;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  lostPeer(nowMs: number): void {
    this.#stepMs = AFTER_LOSS_MS;
    this.#dueMs = Math.min(this.#dueMs, nowMs + AFTER_LOSS_MS);
  }

  /** @returns whether to ask now; whoever is told so asks */
  isDue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.#stepMs = Math.min(REGULAR_MS, GROWTH * this.#stepMs);
    this.#dueMs = nowMs + this.#stepMs;
    return true;
  }
}
