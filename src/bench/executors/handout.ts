import type { Scenario } from '../scenario/schema.ts';
import type { P2pHandout } from '../scenario/transports-schema.ts';

/** How the tracker of our swarm chooses whom it hands out. */
export function p2pHandoutOf({ network, transports }: Scenario): P2pHandout {
  const hasSites = (network.sites?.length ?? 1) > 1;
  return transports.p2p?.handout ?? (hasSites ? 'sites' : 'regular');
}
