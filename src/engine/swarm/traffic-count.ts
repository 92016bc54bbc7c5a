import type { TrafficBytes } from './swarm-client.ts';

/** Counts payload bytes by peer. */
export class TrafficCount {
  readonly #byPeer = new Map<string, { uploadedBytes: number; downloadedBytes: number }>();

  uploaded(peerId: string, bytes: number): void {
    this.#of(peerId).uploadedBytes += bytes;
  }

  downloaded(peerId: string, bytes: number): void {
    this.#of(peerId).downloadedBytes += bytes;
  }

  /** @returns a copy, by peer id */
  byPeer(): Map<string, TrafficBytes> {
    return new Map(this.#byPeer.entries().map(([peerId, traffic]) => [peerId, { ...traffic }]));
  }

  total(): TrafficBytes {
    const total = { uploadedBytes: 0, downloadedBytes: 0 };
    for (const { uploadedBytes, downloadedBytes } of this.#byPeer.values()) {
      total.uploadedBytes += uploadedBytes;
      total.downloadedBytes += downloadedBytes;
    }
    return total;
  }

  #of(peerId: string) {
    const known = this.#byPeer.get(peerId);
    if (known) return known;
    const fresh = { uploadedBytes: 0, downloadedBytes: 0 };
    this.#byPeer.set(peerId, fresh);
    return fresh;
  }
}
