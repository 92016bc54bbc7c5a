import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import {
  type DiskFacts,
  HttpTransport,
  type ImageTransport,
  memoryFor,
  runAgent,
  warmUpBootFileClient,
} from '../../../engine/index.ts';
import { nfsUrl } from '../netns/clonezilla/nfs-export.ts';
import { SAVED_FOLDER } from '../netns/clonezilla/saved-disk.ts';
import {
  type AgentCommand,
  type AgentProcessTask,
  type AgentReport,
  type MachineTraffic,
  monotonicMs,
} from './lab-messages.ts';
import { swarmClientFor } from './lab-swarm-client.ts';
import { leaveSignalsToBench } from './leave-signals-to-bench.ts';
import { portable } from './portable-failure.ts';
import { sayToBench } from './say-to-bench.ts';

/** The process of one machine: it warms up, waits for GO, deploys its disk and serves others until released. */

const report = sayToBench<AgentReport>;
const PROGRESS_INTERVAL_MS = 250;
/** What an agent takes this computer for: twenty of them share it, and none uses much more than the image. */
const memoryBytes = totalmem() / 8;

// The bench is gone: nobody wants the result.
process.on('disconnect', () => process.exit(0));
leaveSignalsToBench();

let task: AgentProcessTask;
let transport: ImageTransport;
let readBackShare = 0;
let isReadingBack = false;

process.on('message', (command: AgentCommand) => {
  obey(command).catch((error: unknown) => report({ kind: 'failed', failure: portable(error) }));
});

async function obey(command: AgentCommand): Promise<void> {
  switch (command.kind) {
    case 'prepare':
      task = command.task;
      transport = await transportOf(task);
      await warmUpBootFileClient();
      report({ kind: 'ready' });
      return;
    case 'go':
      setInterval(reportProgress, PROGRESS_INTERVAL_MS);
      await deploy().catch(async (error: unknown) => {
        report({ kind: 'failed', failure: portable(error) });
        await transport.stop();
      });
      return;
    case 'release':
      report({ kind: 'released', traffic: traffic() }, () => process.exit(0));
      return;
  }
}

async function transportOf({ transport: kind, link, ...options }: AgentProcessTask): Promise<ImageTransport> {
  const {
    host,
    serverHost,
    httpPort,
    imageFolder,
    isPacked,
    site,
    serverPeerId,
    peerId,
    uploadSlots,
    neighbours,
    policies,
    diskPath,
    savedOver,
  } = options;
  const swarmClient = swarmClientFor(kind);
  if (swarmClient) {
    return swarmClient.make({
      peerId,
      host,
      port: 0,
      link,
      uploadSlots,
      neighbours,
      policies,
      site,
      file: diskPath,
      isPacked,
      files: [],
      savedUrl:
        savedOver === 'nfs' ? nfsUrl(serverHost) : `http://${serverHost}:${httpPort}/boot/${SAVED_FOLDER}`,
      casting: null,
      cacheBytes: memoryFor(memoryBytes).pieceCacheBytes,
    });
  }
  const serverId = Buffer.from(serverPeerId).toString('hex');
  return new HttpTransport({
    source: { host: serverHost, port: httpPort, path: `/${imageFolder}/payload` },
    serverId,
    link,
  });
}

async function deploy(): Promise<void> {
  const { machine, diskPath, serverHost, httpPort, tftpPort, token, publicKey } = task;
  const { outcome } = await runAgent(
    {
      server: { url: `http://${serverHost}:${httpPort}`, token },
      tftp: { host: serverHost, port: tftpPort },
      publicKey,
      facts: { ids: [machine], firmware: 'bios', memoryBytes, disks: [fileAsDisk(diskPath)] },
      disk: { by: 'path', is: diskPath },
      transport,
    },
    {
      phaseStarted(phase) {
        isReadingBack = phase === 'scan' || phase === 'verify';
        readBackShare = 0;
        report({ kind: 'phaseStarted', phase, atMs: monotonicMs() });
      },
      phaseEnded: (phase) => report({ kind: 'phaseEnded', phase, atMs: monotonicMs() }),
      progressed(share) {
        readBackShare = share;
      },
      // A disk of the lab is always blank, and what is to be said of it is said of the lab.
      noted() {},
    },
  );
  const { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks } = outcome;
  report({ kind: 'done', image: { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks } });
}

function fileAsDisk(path: string): DiskFacts {
  const sizeBytes = statSync(path).size;
  const unsaid = { model: '', serial: '', wwn: '' };
  return { path, sizeBytes, ...unsaid, isRotational: false, isRemovable: false, isReadOnly: false };
}

function reportProgress(): void {
  const share = isReadingBack ? readBackShare : transport.statistics().share;
  report({ kind: 'progressed', share, traffic: traffic() });
}

function traffic(): MachineTraffic {
  const { uploadedBytes, downloadedBytes, byPeer } = transport.statistics();
  const receivedFrom = byPeer
    .entries()
    .map(([peerId, { downloadedBytes: bytes }]) => [peerId, bytes] as const)
    .filter(([, bytes]) => bytes > 0);
  return { uploadedBytes, downloadedBytes, receivedFrom: Object.fromEntries(receivedFrom) };
}
