import { spawnSync } from 'node:child_process';
import { rm, truncate } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Metainfo, SwarmStatistics } from '../../../engine/index.ts';
import type { LabPeer, LabPeerMaker, LabPeerOptions } from '../local/lab-peer.ts';
import { Aria2Remote } from './aria2-remote-client.ts';
import { ProgramChild } from './program-child.ts';
import { seederAnnounced } from './tracker-scrape-client.ts';

const ARIA2 = 'aria2c';
const PEER_PORT = 6881;
const REMOTE_PORT = 6800;
const POLL_MS = 250;

/** aria2 with its own defaults; peers come from the tracker only. */
export const aria2: LabPeerMaker = {
  name: 'aria2',
  async make(options) {
    const program = new ProgramChild(ARIA2, [
      '--no-conf=true',
      '--quiet=true',
      '--enable-dht=false',
      '--bt-enable-lpd=false',
      '--enable-peer-exchange=false',
      '--file-allocation=none',
      '--allow-overwrite=true',
      '--seed-ratio=0.0',
      '--disable-ipv6=true',
      `--listen-port=${PEER_PORT}`,
      '--enable-rpc=true',
      `--rpc-listen-port=${REMOTE_PORT}`,
      '--rpc-save-upload-metadata=false',
      `--stop-with-process=${process.pid}`,
      `--dir=${dirname(options.file)}`,
    ]);
    const remote = await program.unlessLost(Aria2Remote.connect(REMOTE_PORT));
    return new Aria2Client(program, remote, options);
  },
  version: () =>
    Promise.resolve(
      /version (\S+)/.exec(spawnSync(ARIA2, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '',
    ),
};

class Aria2Client implements LabPeer {
  readonly #program: ProgramChild;
  readonly #remote: Aria2Remote;
  readonly #options: LabPeerOptions;
  #statistics: SwarmStatistics = { uploadedBytes: 0, downloadedBytes: 0, byPeer: new Map(), share: 0 };
  #gid = '';
  #isStopped = false;

  constructor(program: ProgramChild, remote: Aria2Remote, options: LabPeerOptions) {
    this.#program = program;
    this.#remote = remote;
    this.#options = options;
  }

  async seed(metainfo: Metainfo): Promise<void> {
    await this.#add(metainfo, { 'bt-seed-unverified': 'true', 'check-integrity': 'false' });
    await this.#program.unlessLost(seederAnnounced(metainfo));
  }

  /** An empty file is not searched for pieces, and nothing is believed of one that was cut off. */
  async download(metainfo: Metainfo): Promise<void> {
    const { file } = this.#options;
    await rm(`${file}.aria2`, { force: true });
    await truncate(file, 0);
    await this.#add(metainfo, {});
    await this.#program.unlessLost(this.#remote.downloaded);
    await this.refresh();
  }

  get lost(): Promise<never> {
    return this.#program.died;
  }

  statistics(): SwarmStatistics {
    return this.#statistics;
  }

  async refresh(): Promise<void> {
    const keys = ['completedLength', 'totalLength', 'uploadLength'];
    const status = await this.#call('aria2.tellStatus', [this.#gid, keys]);
    const { completedLength, totalLength, uploadLength } = status as Record<string, string>;
    this.#statistics = {
      uploadedBytes: Number(uploadLength),
      downloadedBytes: Number(completedLength),
      byPeer: new Map(),
      share: Number(completedLength) / Math.max(1, Number(totalLength)),
    };
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#program.stop();
    return Promise.resolve();
  }

  async #add(metainfo: Metainfo, options: Readonly<Record<string, string>>): Promise<void> {
    const torrent = Buffer.from(metainfo.bytes).toString('base64');
    const own = { 'index-out': [`1=${basename(this.#options.file)}`], ...options };
    this.#gid = String(await this.#call('aria2.addTorrent', [torrent, [], own]));
    this.#poll().catch(() => {});
  }

  /** A program that has gone answers nothing, and its end is what there is to tell. */
  #call(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#program.unlessLost(this.#remote.call(method, params));
  }

  /** Until the program ends, which is told elsewhere. */
  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      await this.refresh();
      await delay(POLL_MS, undefined, { ref: false });
    }
  }
}
