import type { SwarmClient } from '../swarm/swarm-client.ts';

/** How the image comes to a machine: every swarm client is one, and so is an HTTP stream. */
export type ImageTransport = Pick<SwarmClient, 'download' | 'statistics' | 'stop'>;
