import { randomBytes } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runAgent } from '../../../src/engine/agent/agent.ts';
import type { AgentMemory } from '../../../src/engine/agent/agent-memory.ts';
import type { AgentPhase, AgentTask, DeployedMachine } from '../../../src/engine/agent/agent-task.ts';
import { type OpenDisk, openDisk } from '../../../src/engine/agent/open-disk.ts';
import type { DiskFacts } from '../../../src/engine/agent/target-disk.ts';
import { ImageReader } from '../../../src/engine/image/image-reader.ts';
import { IMAGE_FILES } from '../../../src/engine/image/image-store.ts';
import { describedByPath } from '../../../src/engine/image/served-image.ts';
import type { LinkRates } from '../../../src/engine/link-rate.ts';
import type { SwarmClient } from '../../../src/engine/swarm/swarm-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';
import { type BootFile, MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import { remade } from '../a-metainfo.ts';
import { aFolder } from '../an-image.ts';
import { AGENT_TOKEN, anImageServer } from '../http/an-image-server.ts';
import type { AGoldenImage } from './a-golden-image.ts';

const HOST = '127.0.0.1';
const UNLIMITED: LinkRates = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };

/** A machine that takes part in a deployment. */
export interface MachineWishes {
  readonly id?: string;
  readonly disks: readonly DiskFacts[];
  readonly disk?: AgentTask['disk'];
  readonly readDisks?: AgentTask['readDisks'];
  readonly openDisk?: AgentTask['openDisk'];
  readonly memory?: AgentMemory;
  readonly isDryRun?: boolean;
  readonly publicKey?: string;
  readonly tftp?: AgentTask['tftp'];
  /** To listen on; default: any free one. */
  readonly port?: number;
  /** Another way to the server than straight. */
  readonly server?: { readonly url: string; readonly patienceMs: number };
  /** Hears of every phase. */
  phaseStarted?(phase: AgentPhase): void;
}

/** How it went. */
export interface MachineRun extends DeployedMachine {
  readonly client: SwarmClient;
  readonly phases: readonly AgentPhase[];
  readonly notes: readonly string[];
}

/** A server with tracker and seeder of an image; all gone when the test is over. */
export async function aDeployment(golden: AGoldenImage, seederLink: Partial<LinkRates> = {}) {
  const { image, payload, folder } = golden;
  const { pieceBytes } = image.metainfo;
  const tracker = await startTracker(HOST, 0);
  onTestFinished(() => tracker.close());
  tracker.serve(image.metainfo.infoHash);
  const { files } = await describedByPath({ folder, manifest: image.manifest });
  const bootFiles = new Map<string, BootFile>();
  const torrent = remade(image.metainfo, { trackers: [tracker.announceUrl] });
  for (const [path, bytes] of files)
    bootFiles.set(path, new MemoryBootFile(path.endsWith(IMAGE_FILES.torrent) ? torrent.bytes : bytes));
  const server = await anImageServer(payload, { pieceBytes, bootFiles });
  const seeder = await aClient(seederLink);
  const reader = await ImageReader.open(join(folder, IMAGE_FILES.payload), pieceBytes);
  onTestFinished(() => reader.close());
  await seeder.seed(torrent, reader);

  async function deploy(wishes: MachineWishes): Promise<MachineRun> {
    const { id = 'machine', disks, disk = { by: 'only' }, publicKey = golden.keys.publicKey } = wishes;
    const client = await aClient({}, wishes.port);
    const phases: AgentPhase[] = [];
    const notes: string[] = [];
    const deployed = await runAgent(
      {
        server: { url: server.url, ...wishes.server, token: AGENT_TOKEN },
        tftp: wishes.tftp ?? null,
        publicKey,
        facts: { ids: [id], firmware: 'uefi', memoryBytes: 2 ** 30, disks },
        disk,
        transport: client,
        ...(wishes.memory && { memory: wishes.memory }),
        ...(wishes.readDisks && { readDisks: wishes.readDisks }),
        openDisk: wishes.openDisk ?? openForTest,
        isDryRun: wishes.isDryRun === true,
      },
      {
        phaseStarted(phase) {
          phases.push(phase);
          wishes.phaseStarted?.(phase);
        },
        phaseEnded() {},
        progressed() {},
        noted: (sentence) => notes.push(sentence),
      },
    ).catch(async (error: unknown) => {
      await client.stop();
      throw Object.assign(error as Error, { downloadedBytes: client.statistics().downloadedBytes });
    });
    return { ...deployed, client, phases, notes };
  }
  return { ...server, seeder, torrent, deploy };
}

async function aClient(link: Partial<LinkRates>, port = 0): Promise<SwarmClient> {
  const client = await swarmboot.make({
    peerId: randomBytes(20),
    host: HOST,
    port,
    link: { ...UNLIMITED, ...link },
    uploadSlots: 4,
    neighbours: 24,
  });
  onTestFinished(() => client.stop());
  return client;
}

/** The handles of a machine that goes on serving are closed when the test is over. */
async function openForTest(path: string): Promise<OpenDisk> {
  const disk = await openDisk(path);
  onTestFinished(async () => {
    await disk.writer.close();
    await disk.medium.close();
  });
  return disk;
}

/** A disk file with these bytes, as a machine lists it. */
export async function aDiskFile(bytes: Uint8Array | number): Promise<DiskFacts> {
  const path = join(await aFolder(), 'disk.img');
  await writeFile(path, typeof bytes === 'number' ? '' : bytes);
  const sizeBytes = typeof bytes === 'number' ? bytes : bytes.length;
  await truncate(path, sizeBytes);
  return aDisk({ path, sizeBytes });
}

/** A disk as a machine lists it. */
export function aDisk(facts: Partial<DiskFacts>): DiskFacts {
  return {
    path: '/dev/sda',
    sizeBytes: 1e9,
    model: 'Example 500',
    serial: 'S1',
    wwn: 'naa.1',
    isRotational: false,
    isRemovable: false,
    isReadOnly: false,
    ...facts,
  };
}
