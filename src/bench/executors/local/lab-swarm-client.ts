import { type SwarmClientMaker, swarmboot, webtorrent } from '../../../engine/index.ts';
import type { LabTransport } from './lab-plan.ts';

/** The peer that machines and seeder of the lab run for a transport; undefined where there is no swarm. */
export function swarmClientFor(transport: LabTransport): SwarmClientMaker | undefined {
  if (transport === 'p2p') return swarmboot;
  if (transport === 'webtorrent') return webtorrent;
  return undefined;
}
