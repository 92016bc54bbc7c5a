import { SuperSeeder } from '../../engine/swarm/policy/super-seeder.ts';
import { SERVER } from '../network/topology.ts';
import type { Peer } from './peer.ts';
import { PlainSeeding } from './seeding.ts';
import type { Swarm } from './swarm.ts';

/**
 * Super seeding (BEP 16) to whom the choker chooses among those whose last piece was seen elsewhere. A seeder that
 * serves nobody waits for no proof: a swarm of one would stall.
 */
export class SuperSeeding extends PlainSeeding {
  readonly #seeder: Peer;
  readonly #superSeeder: SuperSeeder;
  readonly #neighbours: ReadonlySet<number>;

  constructor(swarm: Swarm) {
    super(swarm);
    this.#seeder = swarm.peers[SERVER]!;
    this.#superSeeder = new SuperSeeder(swarm.pieces, swarm.chance);
    this.#neighbours = new Set(this.#seeder.neighbours);
  }

  override canOffer(receiver: Peer): boolean {
    const isTold = this.#superSeeder.isProven(receiver.number) || this.#seeder.uploads.length === 0;
    return isTold && super.canOffer(receiver);
  }

  override pieceFor({ number, picker }: Peer): number {
    return this.#superSeeder.reveal(number, picker.taken);
  }

  override arrived({ number }: Peer, piece: number): void {
    if (this.#neighbours.has(number)) this.#superSeeder.announced(number, piece);
  }

  override left({ number, held }: Peer): void {
    if (this.#neighbours.has(number)) this.#superSeeder.left(number, held);
  }
}
