import type { P2pModel } from '../deployment-model.ts';
import { type Choking, GrantChoking } from './choking.ts';
import { ClassicChoking, type RoundClock } from './classic-choking.ts';
import type { Swarm } from './swarm.ts';

/** The chokers of a swarm, by their name. */
export function newChoking({ choker }: P2pModel, swarm: Swarm, clock: RoundClock): Choking {
  switch (choker) {
    case 'grants':
      return new GrantChoking(swarm);
    case 'classic':
      return new ClassicChoking(swarm, clock);
  }
}
