import { PieceSet } from '../policy/piece-set.ts';
import type { SuperSeeder } from '../policy/super-seeder.ts';
import type { BlockAddress } from '../wire/message.ts';
import type { Neighbour } from './neighbour.ts';
import type { Showing, ShowTable } from './showing.ts';

/** What was revealed last to a neighbour. */
interface Revealed {
  readonly piece: number;
  leftBytes: number;
}

/**
 * Super seeding (BEP 16): every neighbour knows of one piece, and of the next when that was seen elsewhere. Where nobody
 * fetches anything no proof is waited for: a swarm of one would stall.
 */
export class SuperSeeding implements Showing {
  readonly isGoingOn = true;
  readonly isChoosing = false;
  readonly #superSeeder: SuperSeeder;
  readonly #table: ShowTable;
  /** By peer: pieces that it knows that we have, or has. */
  readonly #known = new Map<number, PieceSet>();
  /** By peer. */
  readonly #revealed = new Map<number, Revealed>();
  #movedAtMs = 0;

  constructor(superSeeder: SuperSeeder, table: ShowTable) {
    this.#superSeeder = superSeeder;
    this.#table = table;
  }

  joined(neighbour: Neighbour): void {
    this.#known.set(neighbour.peer, new PieceSet(this.#table.geometry.pieces));
    this.#reveal(neighbour);
  }

  left({ peer, pieces }: Neighbour): void {
    this.#superSeeder.left(peer, pieces);
    this.#known.delete(peer);
    this.#revealed.delete(peer);
  }

  arriving(): number {
    return 0;
  }

  introduced(): void {}

  lostInterest(): void {}

  /** That may be the proof that another has waited for. */
  announced({ peer }: Neighbour, piece: number): void {
    this.#known.get(peer)!.add(piece);
    this.#superSeeder.announced(peer, piece);
    for (const neighbour of this.#table.neighbours.values()) this.#revealIfProven(neighbour);
  }

  nextReceiver(): number {
    return -1;
  }

  granted(): void {}

  slowed(): void {}

  lapsed(): void {}

  sent(neighbour: Neighbour, { piece, length }: BlockAddress, nowMs: number): void {
    this.#movedAtMs = nowMs;
    const revealed = this.#revealed.get(neighbour.peer);
    if (revealed?.piece !== piece) return;
    revealed.leftBytes -= length;
    this.#revealIfProven(neighbour);
  }

  /** What keeps them from what was revealed we do not know: all may have one more. */
  ticked(nowMs: number): void {
    if (nowMs - this.#movedAtMs < this.#table.patienceMs) return;
    this.#movedAtMs = nowMs;
    for (const neighbour of this.#table.neighbours.values()) this.#reveal(neighbour);
  }

  mayHave({ peer }: Neighbour, piece: number): boolean {
    return this.#known.get(peer)!.has(piece);
  }

  #revealIfProven(neighbour: Neighbour): void {
    if (this.#superSeeder.isProven(neighbour.peer) && this.#hasFetched(neighbour)) this.#reveal(neighbour);
  }

  #hasFetched({ peer, pieces }: Neighbour): boolean {
    const revealed = this.#revealed.get(peer);
    return revealed !== undefined && (revealed.leftBytes <= 0 || pieces.has(revealed.piece));
  }

  #reveal(neighbour: Neighbour): void {
    const { geometry, send } = this.#table;
    const known = this.#known.get(neighbour.peer)!;
    const piece = this.#superSeeder.reveal(neighbour.peer, known);
    if (piece === -1) {
      this.#revealed.delete(neighbour.peer);
      return;
    }
    known.add(piece);
    this.#revealed.set(neighbour.peer, { piece, leftBytes: geometry.bytesOf(piece) });
    send(neighbour, { kind: 'have', piece });
  }
}
