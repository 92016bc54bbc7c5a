import { join } from 'node:path';
import {
  AgentApi,
  agentRoute,
  type BootFile,
  BootFileServer,
  bootFileRoute,
  DeploymentStore,
  HttpServer,
  ImageReader,
  MemoryBootFile,
  type Metainfo,
  makeMetainfo,
  openBootFolder,
  PayloadStreams,
  payloadRoute,
  startTracker,
  type Tracker,
} from '../../../engine/index.ts';
import { ConfigError } from '../../../failure.ts';
import { CountedFile } from '../netns/clonezilla/counted-file.ts';
import { NfsServer } from '../netns/clonezilla/nfs-server.ts';
import type { SavedDisk } from '../netns/clonezilla/save-disk.ts';
import { SAVED_FOLDER } from '../netns/clonezilla/saved-disk.ts';
import type { LabImage } from './lab-image.ts';
import type { ServerReady, ServerTask } from './lab-messages.ts';
import type { LabPeerMaker } from './lab-peer.ts';
import { LabSeeder } from './lab-seeder.ts';
import { swarmClientFor } from './lab-swarm-client.ts';
import { labVersions } from './lab-versions.ts';
import { WatchedLink } from './watched-link.ts';

/** The server of the lab: HTTP, TFTP, and for a swarm its tracker and its first seeder. */
export interface LabServer {
  readonly ready: ServerReady;
  /** Payload bytes that left the server. */
  uploadedBytes(): Promise<number>;
  /** Nobody is told of others from now on. */
  stopTracker(): Promise<void>;
  /** Rejects with a RunFailure when a program that stands beside it has ended by itself. */
  readonly lost: Promise<never>;
}

/**
 * Starts everything.
 * Throws a ConfigError for a port that cannot be used.
 * @param isAgain it was killed, and goes on with what is in its store
 */
export async function startLabServer(task: ServerTask, isAgain: boolean): Promise<LabServer> {
  const { host, pieceBytes, link, ports, golden } = task;
  const { published, saved } = golden;
  const payload = await ImageReader.open(published.payloadFile, pieceBytes);
  const bootFiles = new Map<string, BootFile>();
  const savedFiles = await openSaved(saved);
  for (const [name, file] of savedFiles) bootFiles.set(`${SAVED_FOLDER}/${name}`, file);
  for (const [name, bytes] of published.files) bootFiles.set(name, new MemoryBootFile(bytes));
  const store = task.storeFile === null ? DeploymentStore.inMemory() : DeploymentStore.open(task.storeFile);
  if (!isAgain) createDeployment(store, task, published);
  const uplink = new WatchedLink(link.upBps);
  const streams = new PayloadStreams(payload, uplink);
  const httpServer = await onPort(ports.http, 'HTTP', (port) =>
    HttpServer.start({
      host,
      port,
      routes: [
        payloadRoute(new Map([[`${published.folder}/payload`, streams]])),
        bootFileRoute(bootFiles),
        agentRoute(new AgentApi({ store })),
      ],
    }),
  );
  const nfs = saved && task.savedOver === 'nfs' ? await startNfs(saved, task) : null;
  const swarmClient = swarmClientFor(task.transport);
  const swarm =
    swarmClient && task.transport !== 'clonezilla-unicast'
      ? await startSwarm(swarmClient, { task, payload, uplink })
      : null;
  // The same torrent, and who of it can be asked for peers.
  if (swarm) bootFiles.set(`${published.folder}/image.torrent`, new MemoryBootFile(swarm.metainfo.bytes));
  const tftp = await onPort(ports.tftp, 'TFTP', (port) =>
    BootFileServer.start({ host, port, files: bootFiles }),
  );
  return {
    ready: {
      ports: { http: httpServer.port, tracker: swarm?.trackerPort ?? 0, tftp: tftp.port },
      wireBytes: saved?.wireBytes ?? payload.sizeBytes,
      versions: await labVersions(task.transport, task.savedOver),
    },
    async uploadedBytes() {
      if (swarm) return await swarm.seeder.uploadedBytes();
      if (nfs) return await nfs.readBytes();
      if (!saved) return streams.uploadedBytes;
      return saved.partitions.reduce((sum, { file }) => sum + savedFiles.get(file)!.servedBytes, 0);
    },
    async stopTracker() {
      await swarm?.tracker.close();
    },
    lost: Promise.race([...(swarm ? [swarm.seeder.lost] : []), ...(nfs ? [nfs.lost] : [])]),
  };
}

function createDeployment(
  store: DeploymentStore,
  { agentToken, machines }: ServerTask,
  { name: image, version }: LabImage,
): void {
  const start = { waitFor: 1, at: null };
  store.createDeployment({ image, version, agentToken, machines, start, disk: 'only' });
}

function startNfs({ folder }: SavedDisk, { host, scratchFolder }: ServerTask): Promise<NfsServer> {
  return NfsServer.start({ host, folder, workFolder: join(scratchFolder, 'nfs') });
}

async function openSaved(saved: SavedDisk | null): Promise<Map<string, CountedFile>> {
  if (!saved) return new Map();
  const files = await openBootFolder(saved.folder);
  return new Map([...files].map(([name, file]) => [name, new CountedFile(file)]));
}

interface Swarm {
  readonly metainfo: Metainfo;
  readonly tracker: Tracker;
  readonly trackerPort: number;
  readonly seeder: LabSeeder;
}

/** What the swarm of a lab shares with its server. */
interface SwarmPlace {
  readonly task: ServerTask;
  readonly payload: ImageReader;
  readonly uplink: WatchedLink;
}

async function startSwarm(client: LabPeerMaker, { task, payload, uplink }: SwarmPlace): Promise<Swarm> {
  const { published, saved } = task.golden;
  const { host, ports, pieceBytes, site, peerId, link, uploadSlots, neighbours, policies, casting } = task;
  const tracker = await onPort(ports.tracker, 'tracker', (port) => startTracker(host, port, task.handout));
  const file = published.payloadFile;
  const metainfo = await makeMetainfo({ imageFile: file, pieceBytes, tracker: tracker.announceUrl });
  tracker.serve(metainfo.infoHash);
  const peer = await client.make({
    peerId,
    host,
    port: 0,
    link,
    uplink,
    uploadSlots,
    neighbours,
    policies,
    site,
    file,
    isPacked: false,
    files: saved ? saved.partitions.map((partition) => join(saved.folder, partition.file)) : [file],
    savedUrl: '',
    casting,
  });
  await peer.seed(metainfo, payload);
  const seeder = new LabSeeder(peer, uplink, task.seederLeavesAfterCopies * payload.sizeBytes);
  return { metainfo, tracker, trackerPort: Number(new URL(tracker.announceUrl).port), seeder };
}

/** Turns a port that cannot be had into the person's mistake: they chose it. */
async function onPort<Server>(
  port: number,
  what: string,
  start: (port: number) => Promise<Server>,
): Promise<Server> {
  try {
    return await start(port);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const portName = `port ${port} (${what})`;
    if (code === 'EADDRINUSE') {
      throw new ConfigError(
        '--port',
        `${portName} is in use; end the program that holds it or choose another`,
        {
          cause,
        },
      );
    }
    if (code === 'EACCES') {
      throw new ConfigError('--port', `${portName} needs root; choose one from 1024 up`, { cause });
    }
    throw cause;
  }
}
