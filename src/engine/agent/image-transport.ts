import type { SwarmClient } from '../swarm/swarm-client.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';

/** How the image comes to a machine: every swarm client is one, and so is an HTTP stream. */
export interface ImageTransport extends Pick<SwarmClient, 'download' | 'statistics' | 'stop'> {
  /**
   * Told before the download where the server names the client of its swarm; left out by what is one way and no other.
   * @param note hears what that client does not do
   */
  choose?(client: SwarmClientName, note: (sentence: string) => void): Promise<void>;
}
