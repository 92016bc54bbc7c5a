import { writeFile } from 'node:fs/promises';
import type { ChunkStore, Metainfo, SwarmStatistics } from '../../../engine/index.ts';
import type { LabPeer, LabPeerMaker } from '../local/lab-peer.ts';
import { ProgramPipe } from './program-pipe.ts';
import { UNPACKER, writing } from './unpacking.ts';

/**
 * The same kind of peers for an image that is packed: a program that writes files by itself stores the payload beside
 * the disk, serves it from there, and writes the disk when it has all.
 */
export function unpacking(maker: LabPeerMaker): LabPeerMaker {
  return {
    name: maker.name,
    version: () => maker.version(),
    async make(options) {
      if (!options.isPacked) return await maker.make(options);
      const payload = `${options.file}.payload`;
      return new UnpackingPeer(await maker.make({ ...options, file: payload }), payload, options.file);
    },
  };
}

class UnpackingPeer implements LabPeer {
  readonly #peer: LabPeer;
  readonly #payload: string;
  readonly #disk: string;

  constructor(peer: LabPeer, payload: string, disk: string) {
    this.#peer = peer;
    this.#payload = payload;
    this.#disk = disk;
  }

  async download(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    await writeFile(this.#payload, '');
    await this.#peer.download(metainfo, store);
    await new ProgramPipe([['cat', this.#payload], UNPACKER, writing(this.#disk)]).finished;
  }

  /** What a seeder has is the payload already. */
  seed(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    return this.#peer.seed(metainfo, store);
  }

  statistics(): SwarmStatistics {
    return this.#peer.statistics();
  }

  async refresh(): Promise<void> {
    await this.#peer.refresh?.();
  }

  stop(): Promise<void> {
    return this.#peer.stop();
  }
}
