import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import type { Metainfo } from '../../../src/engine/image/metainfo.ts';
import { installedTool, skipOrFail } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';
import { type ASwarm, aFreePort } from './a-swarm.ts';

/**
 * libtorrent by its Python binding: many peers at one address, nobody found but by the tracker, peer exchange and what
 * it is told; it prints which programs it is connected to, until it is killed.
 */
const LIBTORRENT = `
import libtorrent, sys, time
torrent, folder, host, port, *peers = sys.argv[1:]
session = libtorrent.session({
    'listen_interfaces': f'{host}:{port}', 'allow_multiple_connections_per_ip': True,
    'enable_outgoing_utp': False, 'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False,
})
handle = session.add_torrent({'ti': libtorrent.torrent_info(torrent), 'save_path': folder})
while True:
    connected = handle.get_peer_info()
    print([peer.client for peer in connected], flush=True)
    if not connected:
        for peer in peers: handle.connect_peer((peer.rsplit(':', 1)[0], int(peer.rsplit(':', 1)[1])))
    time.sleep(1)
`;

const PYTHON = '/usr/bin/python3';
const NO_LIBTORRENT = 'needs the Python binding of libtorrent: install the Debian package python3-libtorrent';

function hasLibtorrent(): boolean {
  return spawnSync(PYTHON, ['-c', 'import libtorrent']).status === 0;
}

/** What a client is started with. */
interface Start {
  readonly torrent: string;
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Peers to call, `host:port`, where the client can be told. */
  readonly peers: readonly string[];
}

/** A program of others that speaks BitTorrent. */
export interface ForeignClient {
  readonly name: string;
  /** Skips the test where it is not installed. */
  command(context: TestContext): string;
  /** Arguments with which it fetches what is missing in the folder, and serves what is there, until it is killed. */
  args(start: Start): string[];
}

export const FOREIGN_CLIENTS: readonly ForeignClient[] = [
  {
    name: 'aria2',
    command: (context) => installedTool(context, 'aria2c', 'aria2'),
    args: ({ torrent, folder, port }) => [
      '--no-conf=true',
      `--dir=${folder}`,
      `--listen-port=${port}`,
      '--enable-dht=false',
      '--bt-enable-lpd=false',
      '--check-integrity=true',
      '--file-allocation=none',
      '--seed-ratio=0.0',
      torrent,
    ],
  },
  {
    name: 'transmission',
    command: (context) => installedTool(context, 'transmission-cli', 'transmission-cli'),
    args: ({ torrent, folder, port }) => [
      '--config-dir',
      `${folder}-config`,
      '--download-dir',
      folder,
      '--port',
      String(port),
      '--no-portmap',
      torrent,
    ],
  },
  {
    name: 'libtorrent',
    // The binding belongs to the python3 of the system, which need not be the first in the path.
    command: (context) => (hasLibtorrent() ? PYTHON : skipOrFail(context, NO_LIBTORRENT)),
    args: ({ torrent, folder, host, port, peers }) => [
      ...['-c', LIBTORRENT, torrent, folder, host],
      String(port),
      ...peers,
    ],
  },
];

export const LIBTORRENT_CLIENT: ForeignClient = FOREIGN_CLIENTS.find(({ name }) => name === 'libtorrent')!;

/** A foreign client that is running, and its disk. */
export interface ForeignPeer {
  readonly name: string;
  readonly port: number;
  /** What it has printed so far. */
  output(): string;
  /** Rejects where the client ends by itself. Resolves when its image is the right one. */
  completed(): Promise<void>;
}

/** @param image what it has from the start, or undefined for a leecher */
export async function startForeign(
  client: ForeignClient,
  {
    context,
    swarm,
    image,
    peers = [],
  }: {
    context: TestContext;
    swarm: Pick<ASwarm, 'metainfo' | 'image' | 'host'>;
    image?: Uint8Array;
    peers?: readonly string[];
  },
): Promise<ForeignPeer> {
  const command = client.command(context);
  const parent = await aFolder();
  const folder = join(parent, client.name);
  await mkdir(folder);
  const torrent = join(parent, 'golden.torrent');
  await writeFile(torrent, swarm.metainfo.bytes);
  const missing = new Map(filesOf(swarm.metainfo, swarm.image));
  if (image) for (const [path, bytes] of missing) await putFile(join(folder, path), bytes);
  const port = await aFreePort(swarm.host);
  const child = spawn(command, client.args({ torrent, folder, host: swarm.host, port, peers }));
  const output = watched(child);
  return {
    name: client.name,
    port,
    output: () => output.join(''),
    async completed() {
      while (await isMissing(folder, missing)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`${client.name} ended by itself: ${output.join('').slice(-2000)}`);
        await sleep(100);
      }
    },
  };
}

/** The files of a torrent by their paths. */
function filesOf({ files }: Metainfo, image: Uint8Array): [path: string, bytes: Uint8Array][] {
  let start = 0;
  return files.map(({ path, bytes }) => {
    start += bytes;
    return [join(...path), image.subarray(start - bytes, start)];
  });
}

async function putFile(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/**
 * Some make no files that are empty.
 * @param missing files that are not there, or not as they should be; those that have come are taken out
 */
async function isMissing(folder: string, missing: Map<string, Uint8Array>): Promise<boolean> {
  for (const [path, expected] of missing) {
    const bytes = await readFile(join(folder, path)).catch(() => Buffer.alloc(0));
    if (!bytes.equals(expected)) return true;
    missing.delete(path);
  }
  return false;
}

/** Collects what it prints, and ends it with the test. */
function watched(child: ChildProcess): string[] {
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => output.push(String(part)));
  child.on('error', (error) => output.push(error.message));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  return output;
}
