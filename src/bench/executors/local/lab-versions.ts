import type { SavedOver } from '../../scenario/transports-schema.ts';
import { nfsVersions } from '../netns/clonezilla/nfs-server.ts';
import type { LabTransport } from './lab-plan.ts';
import { swarmClientFor } from './lab-swarm-client.ts';

/** Versions of the clients that a run by this transport has on this computer, as they go into its record. */
export async function labVersions(
  transport: LabTransport,
  savedOver: SavedOver,
): Promise<Record<string, string>> {
  const client = swarmClientFor(transport);
  return {
    ...(client && { [client.name]: await client.version() }),
    ...(savedOver === 'nfs' ? await nfsVersions() : {}),
  };
}
