import { spawnSync } from 'node:child_process';
import type { Metainfo, SwarmStatistics } from '../../../../engine/index.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../../local/lab-peer.ts';
import type { Command } from '../pipe-script.ts';
import { ProgramPipe } from '../program-pipe.ts';
import { UdpcastSender, udpcastReceiver } from '../udpcast-client.ts';
import { type Fetching, finishingPipe, partitionPipe, tablePipes } from './restore-pipes.ts';
import { SAVED_FILES, type SavedPartition, savedPartitions } from './saved-disk.ts';
import { type SavedFolder, savedFolderAt } from './saved-folder-client.ts';

const RESTORER = 'partclone.restore';
const DECOMPRESSOR = 'zstd';

/** Clonezilla's restore: each machine takes the partition images from the server's folder, by HTTP or NFS. */
export const clonezillaUnicast: LabPeerMaker = {
  name: 'partclone',
  make: (options) => {
    const folder = savedFolderAt(options.savedUrl);
    return Promise.resolve(new ClonezillaPeer(options, folder, folder.fetching));
  },
  version,
};

/** Clonezilla's restore by multicast: small files by HTTP, the partition images by udpcast, one after the other. */
export const clonezillaMulticast: LabPeerMaker = {
  name: 'partclone',
  make: (options) =>
    Promise.resolve(new ClonezillaPeer(options, savedFolderAt(options.savedUrl), udpcastReceiver)),
  version,
};

/** A server that casts, or a machine that restores. */
class ClonezillaPeer implements LabPeer {
  readonly #options: LabPeerOptions;
  readonly #folder: SavedFolder;
  readonly #fetchingImage: Fetching;
  #sender: UdpcastSender | undefined;
  #pipe: ProgramPipe | undefined;
  /** Wire bytes of the partitions that are restored. */
  #restoredBytes = 0;
  #readBytes = 0;
  #wireBytes = 1;

  constructor(options: LabPeerOptions, folder: SavedFolder, fetchingImage: Fetching) {
    this.#options = options;
    this.#folder = folder;
    this.#fetchingImage = fetchingImage;
  }

  async seed(): Promise<void> {
    this.#sender = new UdpcastSender(this.#options.files, this.#options.casting!);
    await this.#sender.ready;
  }

  /** What its torrent says is of our own image of this disk, which is not what comes. */
  async download(_: Metainfo): Promise<void> {
    const folder = this.#folder;
    for (const pipe of tablePipes(this.#options.file, folder.fetching)) await this.#run(pipe);
    const partitions = savedPartitions(
      await folder.text(SAVED_FILES.table),
      await folder.text(SAVED_FILES.fileSystems),
    );
    const sizes = await folder.sizesOf(partitions.map(({ file }) => file));
    this.#wireBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
    for (const [index, partition] of partitions.entries()) await this.#restore(partition, sizes[index]!);
  }

  /** Of one that casts. */
  get lost(): Promise<never> {
    return this.#sender!.lost;
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
    const { file: disk } = this.#options;
    await this.#run(partitionPipe(disk, partition, this.#fetchingImage));
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

function version(): Promise<string> {
  const { stdout, stderr } = spawnSync(RESTORER, ['--version'], { encoding: 'utf8' });
  return Promise.resolve(/v(\d\S*)/.exec(stdout + stderr)?.[1] ?? '');
}
