import { spawnSync } from 'node:child_process';
import type { Metainfo, SwarmStatistics } from '../../../../engine/index.ts';
import { RunFailure } from '../../../../failure.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../../local/lab-peer.ts';
import type { Command } from '../pipe-script.ts';
import { ProgramPipe } from '../program-pipe.ts';
import { UdpcastSender, udpcastReceiver } from '../udpcast-client.ts';
import { type Fetching, finishingPipe, partitionPipe, tablePipes } from './restore-pipes.ts';
import { SAVED_FILES, type SavedPartition, savedPartitions } from './saved-disk.ts';

const RESTORER = 'partclone.restore';
const DECOMPRESSOR = 'zstd';

/** Clonezilla's restore: each machine takes the partition images by HTTP. */
export const clonezillaUnicast: LabPeerMaker = {
  name: 'partclone',
  make: (options) => Promise.resolve(new ClonezillaPeer(options, (url, file) => curl(`${url}/${file}`))),
  version,
};

/** Clonezilla's restore by multicast: small files by HTTP, the partition images by udpcast, one after the other. */
export const clonezillaMulticast: LabPeerMaker = {
  name: 'partclone',
  make: (options) => Promise.resolve(new ClonezillaPeer(options, udpcastReceiver)),
  version,
};

/** A server that casts, or a machine that restores. */
class ClonezillaPeer implements LabPeer {
  readonly #options: LabPeerOptions;
  readonly #fetchImage: (url: string, file: string) => Command;
  #sender: UdpcastSender | undefined;
  #pipe: ProgramPipe | undefined;
  /** Wire bytes of the partitions that are restored. */
  #restoredBytes = 0;
  #readBytes = 0;
  #wireBytes = 1;

  constructor(options: LabPeerOptions, fetchImage: (url: string, file: string) => Command) {
    this.#options = options;
    this.#fetchImage = fetchImage;
  }

  async seed(): Promise<void> {
    this.#sender = new UdpcastSender(this.#options.files, this.#options.casting!);
    await this.#sender.ready;
  }

  /** What its torrent says is of our own image of this disk, which is not what comes. */
  async download(_: Metainfo): Promise<void> {
    const { file: disk, savedUrl: url } = this.#options;
    const fetching: Fetching = (file) => curl(`${url}/${file}`);
    for (const pipe of tablePipes(disk, fetching)) await this.#run(pipe);
    const partitions = savedPartitions(
      await text(`${url}/${SAVED_FILES.table}`),
      await text(`${url}/${SAVED_FILES.fileSystems}`),
    );
    const sizes = await Promise.all(partitions.map(({ file }) => sizeOf(`${url}/${file}`)));
    this.#wireBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
    for (const [index, partition] of partitions.entries()) await this.#restore(partition, sizes[index]!);
  }

  statistics(): SwarmStatistics {
    const reading = this.#pipe?.readBy(DECOMPRESSOR) ?? this.#readBytes;
    this.#readBytes = Math.max(this.#readBytes, reading);
    const downloadedBytes = Math.min(this.#wireBytes, this.#restoredBytes + this.#readBytes);
    return {
      uploadedBytes: this.#sender?.sentBytes ?? 0,
      downloadedBytes: this.#sender ? 0 : downloadedBytes,
      byPeer: new Map(),
      share: downloadedBytes / this.#wireBytes,
    };
  }

  stop(): Promise<void> {
    this.#sender?.stop();
    this.#pipe?.stop();
    return Promise.resolve();
  }

  async #restore(partition: SavedPartition, wireBytes: number): Promise<void> {
    const { file: disk, savedUrl: url } = this.#options;
    await this.#run(partitionPipe(disk, partition, (file) => this.#fetchImage(url, file)));
    this.#restoredBytes += wireBytes;
    this.#readBytes = 0;
    const finishing = finishingPipe(disk, partition);
    if (finishing !== null) await this.#run(finishing);
  }

  async #run(commands: readonly Command[]): Promise<void> {
    this.#pipe = new ProgramPipe(commands);
    await this.#pipe.finished;
    this.#pipe = undefined;
  }
}

function curl(url: string): Command {
  return ['curl', '--silent', '--show-error', '--fail', url];
}

async function text(url: string): Promise<string> {
  return (await answered(url, 'GET')).text();
}

async function sizeOf(url: string): Promise<number> {
  return Number((await answered(url, 'HEAD')).headers.get('content-length'));
}

async function answered(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
  const response = await fetch(url, { method });
  if (response.ok) return response;
  throw new RunFailure('SAVED_DISK', `the server answers ${response.status} for ${url}`);
}

function version(): Promise<string> {
  const { stdout, stderr } = spawnSync(RESTORER, ['--version'], { encoding: 'utf8' });
  return Promise.resolve(/v(\d\S*)/.exec(stdout + stderr)?.[1] ?? '');
}
