import type { Scenario } from '../scenario/schema.ts';
import type { P2pHandout } from '../scenario/transports-schema.ts';

/** How the tracker of our swarm chooses whom it hands out. */
export function p2pHandoutOf(scenario: Scenario): P2pHandout {
  return scenario.transports.p2p?.handout ?? handoutBySites(scenario);
}

/** The handout that fits a scenario, where nothing else is said. */
export function handoutBySites({ network }: Scenario): P2pHandout {
  return (network.sites?.length ?? 1) > 1 ? 'sites' : 'regular';
}
