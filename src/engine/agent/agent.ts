import { RunFailure } from '../../failure.ts';
import { DeploymentClient, type DeploymentSource } from '../http/deployment-client.ts';
import type { Deployment } from '../http/machine-registry.ts';
import { decodeChunk, type WireEncoding } from '../image/chunk-codec.ts';
import { IMAGE_FILES } from '../image/image-store.ts';
import type { BootFileSource } from '../tftp/boot-file-client.ts';
import { type AgentMemory, DEFAULT_MEMORY } from './agent-memory.ts';
import { isChunk } from './chunk-hash.ts';
import { DiskStore } from './disk-store.ts';
import { fetchDescription } from './fetch-description.ts';
import { type FoundOnDisk, NOTHING_FOUND } from './found-blocks.ts';
import type { ImageDescription } from './image-description.ts';
import type { ImageTransport } from './image-transport.ts';
import type { MachineFacts } from './machine-facts-reader.ts';
import { type OpenDisk, openDisk } from './open-disk.ts';
import { PayloadLayout } from './payload-layout.ts';
import { scanDisk } from './scan-disk.ts';
import { type DiskWish, targetDisk } from './target-disk.ts';
import { verifyDisk } from './verify-disk.ts';

/** Phases of the agent in their order; the boot of the machine is before it. */
export type AgentPhase = 'register' | 'metainfo' | 'partition' | 'scan' | 'download' | 'verify' | 'finish';

export interface AgentTask {
  readonly server: DeploymentSource;
  /** Null where the machine was booted by HTTP. */
  readonly tftp: BootFileSource | null;
  /** The key that images have to be signed with, PEM. */
  readonly publicKey: string;
  readonly facts: MachineFacts;
  readonly disk: DiskWish;
  readonly transport: ImageTransport;
  readonly memory?: AgentMemory;
  /** Does everything up to the first write, and nothing after it. */
  readonly isDryRun?: boolean;
  /** Default: a disk of this computer. */
  openDisk?(path: string): Promise<OpenDisk>;
}

/** Hears what the agent does. */
export interface AgentWatch {
  phaseStarted(phase: AgentPhase): void;
  phaseEnded(phase: AgentPhase): void;
  /** Share of a scan or of reading back, 0 to 1; that of the download is in the transport's statistics. */
  progressed(share: number): void;
  /** Something that somebody should know, and that is no failure. */
  noted(sentence: string): void;
}

/** What became of the image on one machine. */
export interface AgentOutcome {
  readonly machine: string;
  readonly diskPath: string;
  readonly wireBytes: number;
  readonly rawBytes: number;
  readonly chunks: number;
  /** Chunks that were on the disk before. */
  readonly reusedChunks: number;
  /** Chunks that did not stay as they were written, and came again. */
  readonly refetchedChunks: number;
}

/**
 * Deploys one machine: register, metainfo, partition, scan, download, verify, finish.
 * Resolves when the image is on the medium and the server knows; the transport goes on serving others.
 * Rejects with the RunFailure of the phase that could not be done, which the server is told of.
 */
export async function runAgent(task: AgentTask, watch: AgentWatch): Promise<AgentOutcome> {
  const client = new DeploymentClient(task.server);
  const during = phasesOf(watch);
  const { firmware, ids, memoryBytes, disks } = task.facts;
  const deployment = await during('register', () => client.register({ firmware, ids, memoryBytes, disks }));
  try {
    return await new MachineDeployment({ task, watch, client, deployment }).run(during);
  } catch (error) {
    if (error instanceof RunFailure)
      await client.reportFailure(deployment.machine, error).catch(({ message }) => watch.noted(message));
    throw error;
  }
}

type During = <Result>(phase: AgentPhase, work: () => Promise<Result>) => Promise<Result>;

function phasesOf(watch: AgentWatch): During {
  return async (phase, work) => {
    watch.phaseStarted(phase);
    const result = await work();
    watch.phaseEnded(phase);
    return result;
  };
}

interface RegisteredTask {
  readonly task: AgentTask;
  readonly watch: AgentWatch;
  readonly client: DeploymentClient;
  readonly deployment: Deployment;
}

/** One machine from its registration on. */
class MachineDeployment {
  readonly #task: AgentTask;
  readonly #watch: AgentWatch;
  readonly #client: DeploymentClient;
  readonly #deployment: Deployment;
  readonly #memory: AgentMemory;

  constructor({ task, watch, client, deployment }: RegisteredTask) {
    this.#task = task;
    this.#watch = watch;
    this.#client = client;
    this.#deployment = deployment;
    this.#memory = task.memory ?? DEFAULT_MEMORY;
  }

  async run(during: During): Promise<AgentOutcome> {
    const image = await during('metainfo', () => this.#describe());
    const canEncode = this.#canEncode(image.manifest.encoding);
    const layout = new PayloadLayout(image.map, image.metainfo.pieceBytes);
    const { path, disk } = await during('partition', () => this.#openTarget(image));
    const found = await during('scan', () => this.#scan({ disk, image, layout, canEncode }));
    const { payload } = image.manifest;
    const outcome = {
      machine: this.#deployment.machine,
      diskPath: path,
      wireBytes: payload.bytes,
      rawBytes: payload.rawBytes,
      chunks: layout.chunks.length,
      reusedChunks: found.chunks.size,
    };
    if (this.#task.isDryRun) return { ...outcome, refetchedChunks: 0 };
    const store = new DiskStore({ disk: disk.writer, image, layout, found, memory: this.#memory, canEncode });
    await during('download', () => this.#task.transport.download(image.metainfo, store));
    const refetched = await during('verify', () => this.#verify(disk, image));
    await during('finish', () => this.#client.reportVerified(this.#deployment.machine));
    return { ...outcome, refetchedChunks: refetched.length };
  }

  #describe(): Promise<ImageDescription> {
    const { tftp, publicKey } = this.#task;
    const { imageFolder } = this.#deployment;
    const note = (sentence: string): void => this.#watch.noted(sentence);
    return fetchDescription({ tftp, http: this.#client, imageFolder, publicKey, note });
  }

  /** Only the same library makes the same wire form of a chunk again. */
  #canEncode(encoding: WireEncoding & { readonly library?: string }): boolean {
    const canEncode = encoding.kind === 'raw' || encoding.library === process.versions.zstd;
    if (!canEncode) {
      this.#watch.noted(
        `the image was made with zstd ${encoding.library}, this is ${process.versions.zstd}: chunks that are on the disk are fetched all the same, and peers get only what is in memory`,
      );
    }
    return canEncode;
  }

  async #openTarget({ manifest }: ImageDescription): Promise<{ path: string; disk: OpenDisk }> {
    const { facts, disk: wish } = this.#task;
    const { path } = targetDisk(facts.disks, wish, manifest.disk.bytes);
    const disk = await (this.#task.openDisk ?? openDisk)(path);
    if (!disk.medium.isDirect)
      this.#watch.noted(`${path} has no direct reads: what is read back may come from the page cache`);
    if (disk.writer.sizeBytes >= manifest.disk.bytes) return { path, disk };
    throw new RunFailure(
      'DISK_TOO_SMALL',
      `the image needs ${manifest.disk.bytes} bytes, and ${path} has ${disk.writer.sizeBytes}; nothing was written`,
    );
  }

  async #scan(scan: {
    readonly disk: OpenDisk;
    readonly image: ImageDescription;
    readonly layout: PayloadLayout;
    readonly canEncode: boolean;
  }): Promise<FoundOnDisk> {
    const found = await scanDisk({
      ...scan,
      disk: scan.disk.writer,
      memory: this.#memory,
      isResumed: this.#deployment.isResumed,
      progressed: (share) => this.#watch.progressed(share),
    });
    if (found === NOTHING_FOUND)
      this.#watch.noted(
        'the disk is blank: no partition table and nothing at 256 places, so it was not scanned',
      );
    return found;
  }

  #verify({ writer, medium }: OpenDisk, image: ImageDescription): Promise<readonly number[]> {
    return verifyDisk({
      disk: writer,
      medium,
      chunks: image.map.chunks,
      fetchAgain: (number) => this.#fetchAgain(image, number),
      progressed: (share) => this.#watch.progressed(share),
    });
  }

  /** From the server itself: the swarm has given what it had. */
  async #fetchAgain({ map, manifest }: ImageDescription, number: number): Promise<Uint8Array> {
    const chunk = map.chunks[number]!;
    const { wireOffset: begin, wireBytes: bytes, diskOffset } = chunk;
    this.#watch.noted(`chunk ${number} at disk offset ${diskOffset} reads back wrong: it is fetched again`);
    const path = `${this.#deployment.imageFolder}/${IMAGE_FILES.payload}`;
    const wire = await this.#client.range(path, { begin, bytes, fileBytes: map.payloadBytes });
    const raw = await decodeChunk(wire, chunk, manifest.encoding);
    if (await isChunk(chunk, raw)) return raw;
    throw new RunFailure('BAD_CHUNK', `the server's chunk ${number} is not what the extent map says`);
  }
}
