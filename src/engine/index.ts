/** The door of the engine: what the bench may use of it. */
export { type AgentPhase, type AgentTask, type AgentWatch, runAgent } from './agent/agent.ts';
export { HttpTransport } from './agent/http-transport.ts';
export type { ImageTransport } from './agent/image-transport.ts';
export { ImageServer } from './http/image-server.ts';
export { exportEzio } from './image/export/export-ezio.ts';
export { exportRaw } from './image/export/export-raw.ts';
export { ImageReader, imageFileSize } from './image/image-reader.ts';
export { ImageStore } from './image/image-store.ts';
export { importImage } from './image/import/import-image.ts';
export { BLOCK_BYTES, type Metainfo, makeMetainfo } from './image/metainfo.ts';
export { keysOf } from './image/store-keys.ts';
export type { LinkRates } from './link-rate.ts';
export type { HandoutName } from './swarm/policy/handout/handout-by-name.ts';
export {
  BEST_POLICIES,
  type SwarmClient,
  type SwarmClientMaker,
  type SwarmClientOptions,
  type SwarmPolicies,
  type SwarmStatistics,
} from './swarm/swarm-client.ts';
export { swarmboot } from './swarm/swarmboot-client.ts';
export { startTracker, type Tracker } from './swarm/tracker.ts';
export { webtorrent } from './swarm/webtorrent-client.ts';
export {
  type BootFileServer,
  isBootFileServerFault,
  startBootFileServer,
} from './tftp/boot-file-server.ts';
