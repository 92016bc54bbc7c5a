import { type ClassicChoker, ROUND_MS } from '../policy/classic-choker.ts';
import type { Neighbour } from './neighbour.ts';
import type { Unchokes, UnchokeTable } from './unchokes.ts';

/** What a neighbour and we had exchanged when the last two rounds were held [byte], the older first. */
type Snapshots = readonly [number, number];

/** Classic choking: a round every ten seconds says who is unchoked until the next. */
export class ClassicUnchokes implements Unchokes {
  readonly #choker: ClassicChoker;
  readonly #table: UnchokeTable;
  readonly #isComplete: () => boolean;
  /** By peer. */
  readonly #snapshots = new Map<number, Snapshots>();
  #roundAtMs = Number.NEGATIVE_INFINITY;

  /** @param isComplete whether we have everything, and can only go by what others take */
  constructor(choker: ClassicChoker, table: UnchokeTable, isComplete: () => boolean) {
    this.#choker = choker;
    this.#table = table;
    this.#isComplete = isComplete;
  }

  joined({ peer }: Neighbour): void {
    this.#choker.joined(peer);
  }

  left({ peer }: Neighbour): void {
    this.#choker.left(peer);
    this.#snapshots.delete(peer);
  }

  fill(): void {}

  lostInterest(): void {}

  used(): void {}

  missed(): void {}

  spent(neighbour: Neighbour, nowMs: number): void {
    this.#table.renew(neighbour, nowMs);
  }

  ticked(nowMs: number): void {
    if (nowMs - this.#roundAtMs < ROUND_MS) return;
    this.#roundAtMs = nowMs;
    const { neighbours } = this.#table;
    const unchoked = this.#choker.rechoke({
      nowMs,
      isInterested: (peer) => neighbours.get(peer)!.isInterested,
      exchangedBytes: (peer) =>
        this.#exchanged(neighbours.get(peer)!) - (this.#snapshots.get(peer)?.[0] ?? 0),
    });
    for (const neighbour of neighbours.values()) {
      const isUnchoked = unchoked.includes(neighbour.peer);
      if (neighbour.grant && !isUnchoked) this.#table.choke(neighbour);
      if (!neighbour.grant && isUnchoked) this.#table.unchoke(neighbour, nowMs);
      const [, last] = this.#snapshots.get(neighbour.peer) ?? [0, 0];
      this.#snapshots.set(neighbour.peer, [last, this.#exchanged(neighbour)]);
    }
  }

  endAll(): void {
    for (const neighbour of this.#table.neighbours.values())
      if (neighbour.grant) this.#table.choke(neighbour);
    this.#roundAtMs = Number.NEGATIVE_INFINITY;
  }

  #exchanged({ takenBytes, givenBytes }: Neighbour): number {
    return this.#isComplete() ? takenBytes : givenBytes;
  }
}
