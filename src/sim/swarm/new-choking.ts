import type { P2pModel } from '../deployment-model.ts';
import { SERVER } from '../network/topology.ts';
import { type Choking, GrantChoking } from './choking.ts';
import { ClassicChoking, type RoundClock } from './classic-choking.ts';
import type { Swarm } from './swarm.ts';

/** The chokers of a swarm, by their name. */
export function newChoking({ choker, seeder }: P2pModel, swarm: Swarm, clock: RoundClock): Choking {
  switch (choker) {
    case 'grants':
      return new GrantChoking(swarm);
    case 'classic': {
      const classic = new ClassicChoking(swarm, clock);
      return seeder === 'dealing' ? besideADealer(classic, new GrantChoking(swarm)) : classic;
    }
  }
}

/** A seeder that deals does so by grants whatever the choker, also when it has dealt everything. */
function besideADealer(classic: Choking, grants: Choking): Choking {
  return {
    next: (uploader) => (uploader === SERVER ? grants : classic).next(uploader),
    met: (peer, neighbour) => classic.met(peer, neighbour),
    parted: (peer, neighbour) => classic.parted(peer, neighbour),
    exchanged: (uploader, receiver, bytes) => classic.exchanged(uploader, receiver, bytes),
  };
}
