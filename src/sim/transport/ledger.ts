/** Who sent how much to whom, in wire bytes. Up to this many peers it is kept by sender. */
const DETAILED_PEERS = 65;

/** The books of a run: what every peer sent and received, and what was sent in vain. */
export class Ledger {
  readonly uploaded: Float64Array;
  readonly downloaded: Float64Array;
  /** Sent but of no use: cut off when a machine died, lost on the way, or lost afterwards. */
  wastedBytes = 0;
  readonly #bySender: Map<number, number>[] | undefined;

  constructor(peers: number) {
    this.uploaded = new Float64Array(peers);
    this.downloaded = new Float64Array(peers);
    this.#bySender = peers <= DETAILED_PEERS ? Array.from({ length: peers }, () => new Map()) : undefined;
  }

  /** Bytes that arrived and are of use. */
  received(sender: number, receiver: number, bytes: number): void {
    this.uploaded[sender]! += bytes;
    this.downloaded[receiver]! += bytes;
    const senders = this.#bySender?.[receiver];
    senders?.set(sender, (senders.get(sender) ?? 0) + bytes);
  }

  /** Bytes that were sent in vain. */
  wasted(sender: number, bytes: number): void {
    this.uploaded[sender]! += bytes;
    this.wastedBytes += bytes;
  }

  /** Bytes that had arrived are of no use any more. */
  lost(sender: number, receiver: number, bytes: number): void {
    this.downloaded[receiver]! -= bytes;
    this.wastedBytes += bytes;
    const senders = this.#bySender?.[receiver];
    senders?.set(sender, senders.get(sender)! - bytes);
  }

  /** Bytes by sender, or undefined in a run too large to keep that. */
  sendersOf(receiver: number): ReadonlyMap<number, number> | undefined {
    return this.#bySender?.[receiver];
  }
}
