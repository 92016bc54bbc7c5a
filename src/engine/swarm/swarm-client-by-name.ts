import type { SwarmClientMaker } from './swarm-client.ts';
import { swarmboot } from './swarmboot-client.ts';
import { webtorrent } from './webtorrent-client.ts';

/** Clients that the swarm of a deployment can run, by the names of the server's settings; the first is the usual one. */
export const SWARM_CLIENT_NAMES = ['swarmboot', 'webtorrent'] as const;

export type SwarmClientName = (typeof SWARM_CLIENT_NAMES)[number];

const MAKERS: Readonly<Record<SwarmClientName, SwarmClientMaker>> = { swarmboot, webtorrent };

export function swarmClientByName(name: SwarmClientName): SwarmClientMaker {
  return MAKERS[name];
}
