import type { P2pModel } from '../deployment-model.ts';
import { SERVER } from '../network/topology.ts';
import { Dealing } from './dealing.ts';
import { PlainSeeding, type Seeding } from './seeding.ts';
import { SuperSeeding } from './super-seeding.ts';
import type { Swarm } from './swarm.ts';

/** Where the server seeds. */
interface SeedingPlace {
  readonly swarm: Swarm;
  /** Peers that have everything from the start, beside the server. */
  readonly seeders: readonly number[];
  readonly nowMs: () => number;
}

/** The policy of the server's seeder, by its name. */
export function newSeeding(settings: P2pModel, place: SeedingPlace): Seeding {
  const { swarm, seeders } = place;
  const seeding = seedingByName(settings, place);
  // What a seeder has that the server is linked to is in the swarm: the server need not deal it.
  const linked = swarm.neighbours.of(SERVER);
  for (const seeder of seeders.filter((peer) => linked.includes(peer)))
    for (let piece = 0; piece < swarm.pieces; piece++) seeding.arrived(seeder, piece);
  return seeding;
}

function seedingByName({ seeder, uploadSlots }: P2pModel, { swarm, nowMs }: SeedingPlace): Seeding {
  switch (seeder) {
    case 'dealing':
      return new Dealing(swarm, uploadSlots + 1, nowMs);
    case 'superseed':
      return new SuperSeeding(swarm);
    case 'plain':
      return new PlainSeeding(swarm);
  }
}
