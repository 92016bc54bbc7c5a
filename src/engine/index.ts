/** The door of the engine: what the bench may use of it. */
export { runAgent } from './agent/agent.ts';
export { AGENT_ENVIRONMENT } from './agent/agent-environment.ts';
export { memoryFor } from './agent/agent-memory.ts';
export { AgentSwarm } from './agent/agent-swarm.ts';
export type { AgentOutcome, AgentPhase, AgentTask, AgentWatch } from './agent/agent-task.ts';
export { HttpTransport } from './agent/http-transport.ts';
export type { ImageTransport } from './agent/image-transport.ts';
export { readMachineFacts } from './agent/machine-facts-reader.ts';
export { postDeployHooks } from './agent/post-deploy/post-deploy-hooks.ts';
export type { DiskFacts, DiskWish } from './agent/target-disk.ts';
export { buildBootImage } from './boot/boot-image/boot-image.ts';
export { type CpioEntry, encodeCpio } from './boot/boot-image/cpio-codec.ts';
export { AgentApi } from './deployment/agent-api.ts';
export { agentRoute } from './deployment/agent-listener.ts';
export type { Target } from './deployment/deployment.ts';
export { DeploymentServer } from './deployment/deployment-server.ts';
export { DeploymentStore } from './deployment/deployment-store.ts';
export { machineId, machinesMeant } from './deployment/machine-words.ts';
export { type OperatorAccess, OperatorClient } from './deployment/operator-client.ts';
export { type Finding, preflight } from './deployment/preflight-reader.ts';
export { type ServerEvent, serverLine } from './deployment/server-event.ts';
export type { ServerSettings } from './deployment/server-settings.ts';
export { serverSettingsOf } from './deployment/server-settings-of.ts';
export type { ShownDeployment } from './deployment/shown-deployment.ts';
export type { StoredEvent } from './deployment/stored-events.ts';
export type { Machine } from './deployment/stored-machines.ts';
export { agentReport } from './http/agent-report.ts';
export { bootFileRoute } from './http/boot-file-http-server.ts';
export { HttpServer } from './http/http-server.ts';
export { PayloadStreams, payloadRoute } from './http/payload-stream-reader.ts';
export { type Captured, captureImage } from './image/capture/capture.ts';
export { ENCODER } from './image/chunk-codec.ts';
export { exportEzio } from './image/export/export-ezio.ts';
export { exportRaw } from './image/export/export-raw.ts';
export { ImageDraft, type RawRun } from './image/image-draft.ts';
export { ImageReader, imageFileSize } from './image/image-reader.ts';
export { ImageStore } from './image/image-store.ts';
export type { FilesWishes } from './image/import/files-disk.ts';
export { importImage } from './image/import/import-image.ts';
export { isExtended, parseSfdiskDump } from './image/import/sfdisk-dump.ts';
export type { Manifest } from './image/manifest.ts';
export { BLOCK_BYTES, type Metainfo, makeMetainfo } from './image/metainfo.ts';
export { describedByPath } from './image/served-image.ts';
export { fingerprintOf, makeSigningKeys, type SigningKeys } from './image/signature.ts';
export { createKeys, keysOf, publicKeyOfStore } from './image/store-keys.ts';
export { type ImageFault, verifyImage } from './image/verify-image.ts';
export { LinkRate, type LinkRates } from './link-rate.ts';
export { ProtocolError } from './protocol-error.ts';
export { AnnouncePace } from './swarm/announce-pace.ts';
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
export type { SwarmLimits } from './swarm/swarm-limits.ts';
export { swarmboot } from './swarm/swarmboot-client.ts';
export { PLAIN_INTERVAL_S } from './swarm/tracked-swarm.ts';
export { startTracker, type Tracker } from './swarm/tracker.ts';
export { webtorrent } from './swarm/webtorrent-client.ts';
export { type BootFile, type BootFileCursor, MemoryBootFile } from './tftp/boot-file.ts';
export { warmUpBootFileClient } from './tftp/boot-file-client.ts';
export { openBootFolder } from './tftp/boot-file-reader.ts';
export { BootFileServer } from './tftp/boot-file-server.ts';
