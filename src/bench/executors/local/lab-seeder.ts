import type { LabPeer } from './lab-peer.ts';
import type { WatchedLink } from './watched-link.ts';

/** For a peer that does not hold to the uplink: another program, or one whose link is not limited by itself. */
const LOOK_MS = 20;

/** The server's peer. It may leave the swarm for good when so many payload bytes have left it. */
export class LabSeeder {
  readonly #peer: LabPeer;
  readonly #leavesAfterBytes: number;
  readonly #look: NodeJS.Timeout | undefined;
  #hasLeft = false;

  /**
   * @param uplink what the peer sends over; where the computer was busy it carries much at once, so each block is looked at
   * @param leavesAfterBytes Infinity for one that stays
   */
  constructor(peer: LabPeer, uplink: WatchedLink, leavesAfterBytes: number) {
    this.#peer = peer;
    this.#leavesAfterBytes = leavesAfterBytes;
    if (leavesAfterBytes === Infinity) return;
    uplink.watch = () => this.#leaveInTime();
    this.#look = setInterval(() => this.#leaveInTime(), LOOK_MS);
  }

  /** Rejects with a RunFailure when the peer's program is gone, unless it was to leave. */
  get lost(): Promise<never> {
    return this.#peer.lost ?? new Promise(() => {});
  }

  /** Payload bytes that left it. */
  async uploadedBytes(): Promise<number> {
    if (!this.#hasLeft) await this.#peer.refresh?.();
    return this.#peer.statistics().uploadedBytes;
  }

  /** Its connections end in the middle of whatever they carry. */
  #leaveInTime(): void {
    if (this.#hasLeft || this.#peer.statistics().uploadedBytes < this.#leavesAfterBytes) return;
    clearInterval(this.#look);
    this.#hasLeft = true;
    // A rejection is a fault of ours: nobody handles it, and it ends the process.
    this.#peer.stop();
  }
}
