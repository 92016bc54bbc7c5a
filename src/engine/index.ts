/** The door of the engine: what the bench may use of it. */
export { runAgent } from './agent/agent.ts';
export type { AgentOutcome, AgentPhase, AgentTask, AgentWatch } from './agent/agent-task.ts';
export { HttpTransport } from './agent/http-transport.ts';
export type { ImageTransport } from './agent/image-transport.ts';
export { readMachineFacts } from './agent/machine-facts-reader.ts';
export { moveBackupTable } from './agent/move-backup-table.ts';
export type { DiskFacts, DiskWish } from './agent/target-disk.ts';
export { buildBootImage } from './boot/boot-image/boot-image.ts';
export { ImageServer } from './http/image-server.ts';
export { MachineRegistry } from './http/machine-registry.ts';
export { type Captured, captureImage } from './image/capture/capture.ts';
export { exportEzio } from './image/export/export-ezio.ts';
export { exportRaw } from './image/export/export-raw.ts';
export { ImageDraft, type RawRun } from './image/image-draft.ts';
export { ImageReader, imageFileSize } from './image/image-reader.ts';
export { ImageStore } from './image/image-store.ts';
export { importImage } from './image/import/import-image.ts';
export { isExtended, parseSfdiskDump } from './image/import/sfdisk-dump.ts';
export type { Manifest } from './image/manifest.ts';
export { BLOCK_BYTES, type Metainfo, makeMetainfo } from './image/metainfo.ts';
export { describedByPath } from './image/served-image.ts';
export { fingerprintOf, makeSigningKeys } from './image/signature.ts';
export { createKeys, keysOf, publicKeyOfStore } from './image/store-keys.ts';
export { type ImageFault, verifyImage } from './image/verify-image.ts';
export type { LinkRates } from './link-rate.ts';
export type { HandoutName } from './swarm/policy/handout/handout-by-name.ts';
export {
  BEST_POLICIES,
  type ChunkStore,
  type SwarmClient,
  type SwarmClientMaker,
  type SwarmClientOptions,
  type SwarmPolicies,
  type SwarmStatistics,
} from './swarm/swarm-client.ts';
export { swarmboot } from './swarm/swarmboot-client.ts';
export { startTracker, type Tracker } from './swarm/tracker.ts';
export { webtorrent } from './swarm/webtorrent-client.ts';
export { type BootFile, type BootFileCursor, MemoryBootFile } from './tftp/boot-file.ts';
export { warmUpBootFileClient } from './tftp/boot-file-client.ts';
export { openBootFolder } from './tftp/boot-file-reader.ts';
export { BootFileServer } from './tftp/boot-file-server.ts';
