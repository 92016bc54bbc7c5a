import { SuperSeeder } from '../../engine/swarm/policy/super-seeder.ts';
import { SERVER } from '../network/topology.ts';
import { PlainSeeding } from './seeding.ts';
import type { Swarm } from './swarm.ts';

/**
 * Super seeding (BEP 16) to whom the choker chooses among those whose last piece was seen elsewhere. A seeder that
 * serves nobody waits for no proof: a swarm of one would stall.
 */
export class SuperSeeding extends PlainSeeding {
  readonly #swarm: Swarm;
  readonly #superSeeder: SuperSeeder;
  #neighbours: ReadonlySet<number>;

  constructor(swarm: Swarm) {
    super(swarm);
    this.#swarm = swarm;
    this.#superSeeder = new SuperSeeder(swarm.pieces, swarm.chance);
    this.#neighbours = new Set(swarm.neighbours.of(SERVER));
  }

  override canOffer(receiver: number): boolean {
    const isTold = this.#superSeeder.isProven(receiver) || this.#swarm.uploads.takenOf(SERVER) === 0;
    return isTold && super.canOffer(receiver);
  }

  override pieceFor(receiver: number): number {
    return this.#superSeeder.reveal(receiver, this.#swarm.picking.taken.row(receiver));
  }

  override arrived(receiver: number, piece: number): void {
    if (this.#neighbours.has(receiver)) this.#superSeeder.announced(receiver, piece);
  }

  /** Whoever is gone has been taken out before, and has nothing any more. */
  override relinked(): void {
    const { held, neighbours } = this.#swarm;
    const linked = new Set(neighbours.of(SERVER));
    for (const peer of this.#neighbours.difference(linked)) this.#superSeeder.left(peer, held.row(peer));
    for (const peer of linked.difference(this.#neighbours))
      for (const piece of held.row(peer)) this.#superSeeder.announced(peer, piece);
    this.#neighbours = linked;
  }

  override left(peer: number): void {
    if (this.#neighbours.has(peer)) this.#superSeeder.left(peer, this.#swarm.held.row(peer));
  }
}
