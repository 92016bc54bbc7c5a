import { RunFailure } from '../../failure.ts';
import type { AgentReport } from '../http/agent-report.ts';
import type { DeploymentClient, TakenMachine } from '../http/deployment-client.ts';
import { decodeChunk, ENCODER, type WireEncoding } from '../image/chunk-codec.ts';
import { IMAGE_FILES } from '../image/image-store.ts';
import type { Manifest } from '../image/manifest.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type AgentMemory, memoryFor } from './agent-memory.ts';
import type { AgentOutcome, AgentTask, AgentWatch } from './agent-task.ts';
import { isChunk } from './chunk-hash.ts';
import { DiskStore } from './disk-store.ts';
import type { DiskWriter } from './disk-writer.ts';
import { EarlyReadBack } from './early-read-back.ts';
import { fetchDescription } from './fetch-description.ts';
import { type FoundOnDisk, NOTHING_FOUND } from './found-blocks.ts';
import type { ImageDescription } from './image-description.ts';
import { type OpenDisk, openDisk } from './open-disk.ts';
import { PayloadLayout } from './payload-layout.ts';
import type { PhaseClock } from './phase-clock.ts';
import { assertFilesTools } from './post-deploy/files-tools.ts';
import type { PostDeployHook } from './post-deploy-hook.ts';
import { scanDisk } from './scan-disk.ts';
import { targetDisk } from './target-disk.ts';
import { verifyDisk } from './verify-disk.ts';

/** A machine that the server has taken. */
export interface RegisteredMachine {
  readonly task: AgentTask;
  readonly watch: AgentWatch;
  readonly clock: PhaseClock;
  readonly client: DeploymentClient;
  readonly deployment: TakenMachine;
}

/** What a machine downloads, and where to. */
interface Download {
  readonly disk: OpenDisk;
  readonly image: ImageDescription;
  readonly layout: PayloadLayout;
  readonly found: FoundOnDisk;
  readonly canEncode: boolean;
}

/** One machine from its registration on. */
export class MachineDeployment {
  readonly #task: AgentTask;
  readonly #watch: AgentWatch;
  readonly #clock: PhaseClock;
  readonly #client: DeploymentClient;
  readonly #deployment: TakenMachine;
  readonly #memory: AgentMemory;
  #disk: OpenDisk | undefined;
  #path: string | undefined;
  #image: ImageDescription | undefined;
  #outcome: AgentOutcome | undefined;

  constructor({ task, watch, clock, client, deployment }: RegisteredMachine) {
    this.#task = task;
    this.#watch = watch;
    this.#clock = clock;
    this.#client = client;
    this.#deployment = deployment;
    this.#memory = task.memory ?? memoryFor(task.facts.memoryBytes);
  }

  /** All phases after the registration. */
  async run(): Promise<AgentOutcome> {
    const during: PhaseClock['during'] = (phase, work) => this.#clock.during(phase, work);
    const image = await during('metainfo', async () => {
      await this.#chooseClient();
      return this.#describe();
    });
    this.#image = image;
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
    if (this.#task.isDryRun) {
      await this.close();
      return { ...outcome, refetchedChunks: 0 };
    }
    await this.#client.started(this.#deployment.machine, this.#nameOf(path));
    this.#assertMeant(path, image);
    const good = await during('download', () => this.#download({ disk, image, layout, found, canEncode }));
    const refetched = await during('verify', () => this.#verify(disk, { image, good }));
    await during('finish', () => this.#client.reportVerified(this.#deployment.machine));
    this.#outcome = { ...outcome, refetchedChunks: refetched.length };
    return this.#outcome;
  }

  async finish(hooks: readonly PostDeployHook[], signal?: AbortSignal): Promise<void> {
    await this.#client.released();
    for (const hook of hooks) await this.#run(hook, signal);
    await this.close();
    await this.#client.reportFinished(this.#deployment.machine, this.#report());
  }

  #report(): AgentReport {
    const { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks } = this.#outcome!;
    const { uploadedBytes, downloadedBytes } = this.#task.transport.statistics();
    return {
      phases: this.#clock.times,
      ...{ uploadedBytes, downloadedBytes, wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  async #run(hook: PostDeployHook, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#watch.noted(`${hook.name} ...`);
    const { writer: disk } = this.#disk!;
    await hook.run({
      path: this.#path!,
      disk,
      manifest: this.#image!.manifest,
      machine: this.#deployment.machine,
      signal,
      note: (sentence) => this.#watch.noted(sentence),
    });
    await disk.flush();
  }

  async close(): Promise<void> {
    const disk = this.#disk;
    this.#disk = undefined;
    await disk?.writer.close();
    await disk?.medium.close();
  }

  async #chooseClient(): Promise<void> {
    const { client } = this.#deployment;
    if (client) await this.#task.transport.choose?.(client, (sentence) => this.#watch.noted(sentence));
  }

  #describe(): Promise<ImageDescription> {
    const { tftp, publicKey } = this.#task;
    const { imageFolder } = this.#deployment;
    const note = (sentence: string): void => this.#watch.noted(sentence);
    return fetchDescription({ tftp, http: this.#client, imageFolder, publicKey, note });
  }

  /** Only the same encoder makes the same wire form of a chunk again. */
  #canEncode(encoding: WireEncoding & { readonly library?: string }): boolean {
    const canEncode = encoding.kind === 'raw' || encoding.library === ENCODER;
    if (!canEncode) {
      this.#watch.noted(
        `the image was made with zstd ${encoding.library}, this is ${ENCODER}: chunks that are on the disk are fetched all the same, and peers get only what is in memory`,
      );
    }
    return canEncode;
  }

  async #openTarget({ manifest }: ImageDescription): Promise<{ path: string; disk: OpenDisk }> {
    await assertFilesTools(manifest);
    const { facts, disk: wish } = this.#task;
    const { path } = targetDisk(facts.disks, wish, manifest.disk.bytes);
    const disk = await (this.#task.openDisk ?? openDisk)(path);
    this.#disk = disk;
    this.#path = path;
    if (!disk.medium.isDirect)
      this.#watch.noted(`${path} has no direct reads: what is read back may come from the page cache`);
    assertHolds(disk.writer, path, manifest);
    return { path, disk };
  }

  /** What tells a disk from others at the next start, when it may have another path. */
  #nameOf(path: string): string {
    const { wwn, serial, sizeBytes } = this.#task.facts.disks.find((disk) => disk.path === path)!;
    return [wwn || serial || path, `${sizeBytes} bytes`].join(', ');
  }

  /** Before the first write: a disk that shows itself late, behind a slow controller, may be meant as well. */
  #assertMeant(path: string, { manifest }: ImageDescription): void {
    const { facts, disk: wish, readDisks = () => facts.disks } = this.#task;
    const now = targetDisk(readDisks(), wish, manifest.disk.bytes);
    if (now.path === path) return;
    throw new RunFailure(
      'DISK_AMBIGUOUS',
      `${path} was meant at first, and ${now.path} is now: nothing was written; name the disk by serial, wwn or path`,
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
      progressed: (share) => this.#clock.progressed(share),
    });
    if (found === NOTHING_FOUND)
      this.#watch.noted(
        'the disk is blank: no partition table and nothing at 64 places, so it was not scanned',
      );
    return found;
  }

  /** @returns numbers of the chunks that have been read back from the medium meanwhile */
  async #download({ disk, image, layout, found, canEncode }: Download): Promise<ReadonlySet<number>> {
    const { writer, medium } = disk;
    const { chunks } = image.map;
    const readBack = new EarlyReadBack({ medium, chunks, chunkBytes: image.manifest.chunkBytes });
    const store = new DiskStore({
      ...{ disk: writer, image, layout, found, memory: this.#memory, canEncode },
      flushed(numbers) {
        if (!writer.isRotational) readBack.flushed(numbers);
      },
    });
    await this.#task.transport.download(image.metainfo, store).finally(() => readBack.end());
    return readBack.good;
  }

  #verify(
    { writer, medium }: OpenDisk,
    { image, good }: { image: ImageDescription; good: ReadonlySet<number> },
  ): Promise<readonly number[]> {
    return verifyDisk({
      disk: writer,
      medium,
      chunks: image.map.chunks,
      good,
      fetchAgain: (number) => this.#fetchAgain(image, number),
      progressed: (share) => this.#clock.progressed(share),
    });
  }

  /** From the server itself: the swarm has given what it had. */
  async #fetchAgain({ map, manifest }: ImageDescription, number: number): Promise<Uint8Array> {
    const chunk = map.chunks[number]!;
    const { wireOffset: begin, wireBytes: bytes, diskOffset } = chunk;
    this.#watch.noted(`chunk ${number} at disk offset ${diskOffset} reads back wrong: it is fetched again`);
    const path = `${this.#deployment.imageFolder}/${IMAGE_FILES.payload}`;
    const wire = await this.#client.range(path, { begin, bytes, fileBytes: map.payloadBytes });
    const raw = await decodeChunk(wire, chunk, manifest.encoding).catch((error: unknown) => {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    });
    if (raw && (await isChunk(chunk, raw))) return raw;
    throw new RunFailure('BAD_CHUNK', `the server's chunk ${number} is not what the extent map says`);
  }
}

/**
 * Throws a RunFailure for a disk that an image does not go to: `DISK_TOO_SMALL`, or `DISK_SECTORS` where its partition
 * table counts in other sectors, so that nobody would find it there.
 */
function assertHolds({ sizeBytes, sectorBytes }: DiskWriter, path: string, { disk, table }: Manifest): void {
  if (sizeBytes < disk.bytes)
    throw new RunFailure(
      'DISK_TOO_SMALL',
      `the image needs ${disk.bytes} bytes, and ${path} has ${sizeBytes}; nothing was written`,
    );
  if (table !== 'none' && sectorBytes !== undefined && sectorBytes !== disk.sectorBytes)
    throw new RunFailure(
      'DISK_SECTORS',
      `the partition table of the image counts in sectors of ${disk.sectorBytes} bytes, and ${path} has sectors of ${sectorBytes}; nothing was written: capture an image from a disk with such sectors`,
    );
}
