import { spawnSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Metainfo, SwarmStatistics } from '../../../engine/index.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../local/lab-peer.ts';
import { DEBIAN_PYTHON } from './debian-python.ts';
import { ProgramChild } from './program-child.ts';
import { seederAnnounced } from './tracker-scrape-client.ts';

const SCRIPT = fileURLToPath(new URL('./libtorrent-peer.py', import.meta.url));

/** A line of the script. */
interface Told {
  readonly up: number;
  readonly down: number;
  readonly share: number;
  readonly isDone: boolean;
}

/** libtorrent with its own defaults, through its Python binding; peers come from the tracker only. */
export const libtorrent: LabPeerMaker = {
  name: 'libtorrent',
  async make(options) {
    const program = new ProgramChild(DEBIAN_PYTHON, [SCRIPT]);
    const { promise, resolve } = Promise.withResolvers<void>();
    program.lines.once('line', () => resolve());
    await program.unlessLost(promise);
    return new LibtorrentClient(program, options);
  },
  version() {
    const print = 'import libtorrent; print(libtorrent.version)';
    return Promise.resolve(spawnSync(DEBIAN_PYTHON, ['-c', print], { encoding: 'utf8' }).stdout.trim());
  },
};

class LibtorrentClient implements LabPeer {
  readonly #program: ProgramChild;
  readonly #options: LabPeerOptions;
  readonly #done = Promise.withResolvers<void>();
  #heard = Promise.withResolvers<void>();
  #told: Told = { up: 0, down: 0, share: 0, isDone: false };

  constructor(program: ProgramChild, options: LabPeerOptions) {
    this.#program = program;
    this.#options = options;
    program.lines.on('line', (line) => this.#hear(JSON.parse(line)));
  }

  async seed(metainfo: Metainfo): Promise<void> {
    this.#start(metainfo, true);
    await this.#program.unlessLost(seederAnnounced(metainfo));
  }

  /** An empty file is not searched for pieces. */
  async download(metainfo: Metainfo): Promise<void> {
    await truncate(this.#options.file, 0);
    this.#start(metainfo, false);
    await this.#program.unlessLost(this.#done.promise);
  }

  get lost(): Promise<never> {
    return this.#program.died;
  }

  statistics(): SwarmStatistics {
    const { up, down, share } = this.#told;
    return { uploadedBytes: up, downloadedBytes: down, byPeer: new Map(), share };
  }

  /** Resolves at the second line from now: the first may have been on its way. */
  async refresh(): Promise<void> {
    await this.#program.unlessLost(this.#heard.promise);
    await this.#program.unlessLost(this.#heard.promise);
  }

  stop(): Promise<void> {
    this.#program.stop();
    return Promise.resolve();
  }

  #start(metainfo: Metainfo, isSeeder: boolean): void {
    const { file, host } = this.#options;
    const torrent = Buffer.from(metainfo.bytes).toString('base64');
    this.#program.write(JSON.stringify({ torrent, file, isSeeder, host }));
  }

  #hear(told: Told): void {
    this.#told = told;
    if (told.isDone) this.#done.resolve();
    const heard = this.#heard;
    this.#heard = Promise.withResolvers<void>();
    heard.resolve();
  }
}
