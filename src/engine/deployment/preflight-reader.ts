import { access, constants, lstat, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunFailure } from '../../failure.ts';
import { type BootCatalogue, fileNamesOf } from '../boot/boot-catalogue.ts';
import { addressPlanOf } from '../dhcp/address-plan.ts';
import { ownAddressOn } from '../dhcp/interface-reader.ts';
import { expectFreePort } from '../dhcp/node-udp-socket.ts';
import { BOOT_SERVER_PORT, SERVER_PORT } from '../dhcp/outcome.ts';
import { findRival } from '../dhcp/rival-probe-client.ts';
import { ImageStore } from '../image/image-store.ts';
import { openBootFolder } from '../tftp/boot-file-reader.ts';
import { catalogueOf } from './server-catalogue.ts';
import type { ServerSettings } from './server-settings.ts';

/** One thing that a server needs. */
export interface Finding {
  /** Such as `HTTP port 8080`. */
  readonly what: string;
  /** `missing` keeps the server from starting; with what is `lacking` it starts, and some machines are not deployed. */
  readonly state: 'there' | 'lacking' | 'missing';
  readonly sentence: string;
}

const PROBE_MS = 3_000;

/** Looks for everything that a server with these settings needs, and changes nothing. */
export async function preflight(settings: ServerSettings): Promise<Finding[]> {
  const { state, http, tftp, tracker, swarm, boot, store = state } = settings;
  const address = await finding(`interface ${settings.interface}`, async () =>
    ownAddressOn(settings.interface),
  );
  return [
    address,
    await finding(`state folder ${state}`, () => writable(state)),
    await finding(`HTTP port ${http.port}`, () => freeTcpPort(http.port)),
    await finding(`tracker port ${tracker.port}`, () => freeTcpPort(tracker.port)),
    await finding(`swarm port ${swarm.port}`, () => freeTcpPort(swarm.port)),
    await finding(`TFTP port ${tftp.port}`, () => freeUdpPort(tftp.port)),
    ...(await dhcpFindings(settings, address)),
    ...(await bootFileFindings(boot.folder ?? join(state, 'boot'), boot)),
    lessThanMissing(await finding('golden images', () => imagesIn(store))),
    await finding('clock', () => clockAfterBuild()),
  ];
}

async function dhcpFindings({ dhcp }: ServerSettings, address: Finding): Promise<Finding[]> {
  const { mode, onRival } = dhcp;
  if (mode === 'off') return [{ what: 'DHCP', state: 'there', sentence: 'off, as set' }];
  const ports = mode === 'proxy' ? [SERVER_PORT, BOOT_SERVER_PORT] : [SERVER_PORT];
  const found: Finding[] = [];
  for (const port of ports) found.push(await finding(`DHCP port ${port}`, () => freeUdpPort(port)));
  if (address.state !== 'there') return found;
  found.push(...(await addressFindings(dhcp, address.sentence)));
  const rival = await finding('other DHCP servers', async () => {
    const signal = new AbortController().signal;
    const other = await findRival({ address: address.sentence, mode, waitMs: PROBE_MS, signal });
    if (!other) return `none that would be in the way of the mode ${mode}`;
    throw new RunFailure(
      'RIVAL_SERVER',
      `${other.address} answers on this network; dhcp.onRival is ${onRival}`,
    );
  });
  return [...found, onRival === 'staySilent' ? lessThanMissing(rival) : rival];
}

/** Whom a server that gives addresses has some for. */
async function addressFindings(
  { mode, ...addresses }: ServerSettings['dhcp'],
  ownAddress: string,
): Promise<Finding[]> {
  if (mode !== 'full' && mode !== 'reservations-only') return [];
  const planned = await finding('DHCP addresses', async () => {
    const { subnets } = addressPlanOf(mode, addresses, ownAddress);
    return subnets.map(({ network }) => network).join(', ');
  });
  if (planned.state === 'missing') return [planned];
  const near = await finding('DHCP addresses of this network', async () => {
    const subnet = addressPlanOf(mode, addresses, ownAddress).subnetOf(ownAddress);
    if (subnet) return subnet.network;
    throw new RunFailure(
      'NO_SUBNET',
      `none of dhcp.subnets holds ${ownAddress}, the server's own: only machines behind relay agents get an address`,
    );
  });
  return [planned, lessThanMissing(near)];
}

async function bootFileFindings(folder: string, settings: ServerSettings['boot']): Promise<Finding[]> {
  let catalogue: BootCatalogue = { loaders: {}, images: {} };
  const checked = await finding('boot catalogue', async () => {
    // Where the server will be is of no account for the names of its files.
    catalogue = catalogueOf(settings, 'http://server');
    return 'in order';
  });
  let served: ReadonlyMap<string, number> = new Map();
  const opened = await finding('boot folder', async () => {
    served = await servedBootFiles(folder);
    return `${folder}: ${served.size} files are served`;
  });
  const files = [...fileNamesOf(catalogue)].map(async (name) =>
    lessThanMissing(await finding(`boot file ${name}`, () => bootFile(join(folder, name), served.get(name)))),
  );
  return [checked, opened, ...(await Promise.all(files))];
}

/** Sizes by name of what the server would serve [byte]; it makes the folder where there is none. */
async function servedBootFiles(folder: string): Promise<ReadonlyMap<string, number>> {
  if (!(await stat(folder).catch(() => undefined))) return new Map();
  const files = await openBootFolder(folder);
  for (const file of files.values()) await file.close();
  return new Map([...files].map(([name, { sizeBytes }]) => [name, sizeBytes]));
}

async function bootFile(path: string, servedBytes: number | undefined): Promise<string> {
  if (servedBytes !== undefined) return `${servedBytes} bytes`;
  if (await lstat(path).catch(() => undefined))
    throw new RunFailure(
      'NO_FILE',
      `${path} is not served: it is a link, or hidden; put the file itself there`,
    );
  throw new RunFailure('NO_FILE', `there is no file ${path}: ./swarmboot bootimage build --out makes it`);
}

async function writable(folder: string): Promise<string> {
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return;
    throw new RunFailure('NO_RIGHTS', `${folder} may not be written to: run this as root, or name another`);
  });
  return (await stat(folder).catch(() => undefined)) ? 'may be written to' : 'is made at the first start';
}

async function imagesIn(folder: string): Promise<string> {
  const versions = await new ImageStore(folder).versions();
  if (versions.length > 0)
    return versions.map(({ name, version }) => `${name} version ${version}`).join(', ');
  throw new RunFailure(
    'NO_IMAGE',
    `there is none in ${folder}: ./swarmboot image capture or import makes one`,
  );
}

/** Signatures and times of starting are of no use where the clock stands at its beginning. */
async function clockAfterBuild(): Promise<string> {
  const { mtimeMs } = await stat(fileURLToPath(import.meta.url));
  if (Date.now() >= mtimeMs) return new Date().toISOString();
  throw new RunFailure(
    'CLOCK',
    `it says ${new Date().toISOString()}, before this program was installed: set it`,
  );
}

function freeTcpPort(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const server = createServer().once('error', reject);
  server.listen(port, () => server.close(() => resolve('free')));
  return promise;
}

async function freeUdpPort(port: number): Promise<string> {
  await expectFreePort(port);
  return 'free';
}

async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'there', sentence: await look() };
  } catch (error) {
    return { what, state: 'missing', sentence: (error as Error).message };
  }
}

function lessThanMissing(found: Finding): Finding {
  return found.state === 'missing' ? { ...found, state: 'lacking' } : found;
}
