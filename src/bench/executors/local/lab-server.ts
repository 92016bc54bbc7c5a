import { randomUUID } from 'node:crypto';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
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
} from '../../../engine/index.ts';
import { ConfigError, RunFailure } from '../../../failure.ts';
import { CountedFile } from '../netns/clonezilla/counted-file.ts';
import { type SavedDisk, saveDisk } from '../netns/clonezilla/save-disk.ts';
import { SAVED_FOLDER } from '../netns/clonezilla/saved-disk.ts';
import { isClonezilla } from '../way-of-bytes.ts';
import { type LabImage, publishLabImage } from './lab-image.ts';
import type { ServerReady, ServerTask } from './lab-messages.ts';
import type { LabPeerMaker } from './lab-peer.ts';
import { LabSeeder } from './lab-seeder.ts';
import { swarmClientFor } from './lab-swarm-client.ts';
import { makeSampleDisk } from './sample-disk.ts';

/** The server of the lab: HTTP, TFTP, and for a swarm its tracker and its first seeder. */
export interface LabServer {
  readonly ready: ServerReady;
  /** Payload bytes that left the server. */
  uploadedBytes(): Promise<number>;
}

/**
 * Makes the scratch folder with its disks and starts everything.
 * Throws a ConfigError for an image or a port that cannot be used, a RunFailure for a full disk.
 */
export async function startLabServer(task: ServerTask): Promise<LabServer> {
  const { host, scratchFolder, pieceBytes, link } = task;
  const golden = await prepareDisks(task).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOSPC') throw cause;
    throw new RunFailure('DISK_FULL', `there is no room for the disks of the lab in ${scratchFolder}`, {
      cause,
    });
  });
  const published = await publish(task, golden.imageFile);
  const payload = await ImageReader.open(published.payloadFile, pieceBytes);
  const saved = isClonezilla(task.transport)
    ? await saveDisk(golden.imageFile, join(scratchFolder, SAVED_FOLDER))
    : null;
  const bootFiles = new Map<string, BootFile>();
  const savedFiles = await openSaved(saved);
  for (const [name, file] of savedFiles) bootFiles.set(`${SAVED_FOLDER}/${name}`, file);
  for (const [name, bytes] of published.files) bootFiles.set(name, new MemoryBootFile(bytes));
  const store = DeploymentStore.inMemory();
  const { agentToken } = store.createDeployment({
    image: published.name,
    version: published.version,
    agentToken: randomUUID(),
    machines: task.machines,
    start: { waitFor: 1, at: null },
    disk: 'only',
  });
  const streams = new PayloadStreams(payload, link.upBps);
  const httpServer = await onPort(task.port, 'HTTP', (port) =>
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
  const swarmClient = swarmClientFor(task.transport);
  const swarm =
    swarmClient && task.transport !== 'clonezilla-unicast'
      ? await startSwarm(swarmClient, task, { published, payload, saved })
      : null;
  // The same torrent, and who of it can be asked for peers.
  if (swarm) bootFiles.set(`${published.folder}/image.torrent`, new MemoryBootFile(swarm.metainfo.bytes));
  const tftp = await onPort(task.port === 0 ? 0 : task.port + 2, 'TFTP', (port) =>
    BootFileServer.start({ host, port, files: bootFiles }),
  );
  return {
    ready: {
      httpPort: httpServer.port,
      tftpPort: tftp.port,
      token: agentToken,
      publicKey: published.publicKey,
      imageFolder: published.folder,
      imageFile: golden.imageFile,
      wireBytes: saved?.wireBytes ?? payload.sizeBytes,
      imageNote: golden.note,
      versions: swarmClient ? { [swarmClient.name]: await swarmClient.version() } : {},
    },
    async uploadedBytes() {
      if (swarm) return await swarm.seeder.uploadedBytes();
      if (!saved) return streams.uploadedBytes;
      return saved.partitions.reduce((sum, { file }) => sum + savedFiles.get(file)!.servedBytes, 0);
    },
  };
}

/** What the server has of the golden image. */
interface ServedForms {
  readonly published: LabImage;
  readonly payload: ImageReader;
  readonly saved: SavedDisk | null;
}

/** Throws a ConfigError where the image is not of the scenario's size. */
async function publish(task: ServerTask, imageFile: string): Promise<LabImage> {
  const { imageBytes } = task;
  const disk = await ImageReader.open(imageFile, task.pieceBytes);
  if (disk.sizeBytes !== imageBytes) {
    const sentence = `the scenario's image has ${imageBytes} bytes, ${imageFile} has ${disk.sizeBytes}`;
    throw new ConfigError('image.size', sentence);
  }
  const published = await publishLabImage(disk, task);
  await disk.close();
  return published;
}

async function openSaved(saved: SavedDisk | null): Promise<Map<string, CountedFile>> {
  if (!saved) return new Map();
  const files = await openBootFolder(saved.folder);
  return new Map([...files].map(([name, file]) => [name, new CountedFile(file)]));
}

interface Swarm {
  readonly metainfo: Metainfo;
  readonly seeder: LabSeeder;
}

async function startSwarm(
  client: LabPeerMaker,
  task: ServerTask,
  { published, payload, saved }: ServedForms,
): Promise<Swarm> {
  const { host, pieceBytes, site, peerId, link, uploadSlots, neighbours, policies, casting } = task;
  const tracker = await onPort(task.port === 0 ? 0 : task.port + 1, 'tracker', (port) =>
    startTracker(host, port, task.handout),
  );
  const file = published.payloadFile;
  const metainfo = await makeMetainfo({ imageFile: file, pieceBytes, tracker: tracker.announceUrl });
  tracker.serve(metainfo.infoHash);
  const peer = await client.make({
    peerId,
    host,
    port: 0,
    link,
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
  return { metainfo, seeder: new LabSeeder(peer, task.seederLeavesAfterBytes) };
}

interface GoldenImage {
  readonly imageFile: string;
  readonly note: string;
}

/** Makes the machines' blank disks and, where no image was given, a sample disk. */
async function prepareDisks({
  scratchFolder,
  disks,
  imageFile,
  imageBytes,
}: ServerTask): Promise<GoldenImage> {
  await mkdir(scratchFolder, { recursive: true, mode: 0o700 });
  for (const disk of disks) {
    await writeFile(join(scratchFolder, disk), '');
    await truncate(join(scratchFolder, disk), imageBytes);
  }
  if (imageFile !== null) return { imageFile, note: 'The golden image is the file that was given.' };
  const sample = join(scratchFolder, 'golden.img');
  return { imageFile: sample, note: await makeSampleDisk({ path: sample, sizeBytes: imageBytes }) };
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
