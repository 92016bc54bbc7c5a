import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceNumber, loopsOf, mountsOf, swapsOf } from './disk-use.ts';

/**
 * Who makes use of a disk, in words such as `/dev/sdb1 is mounted at /srv`: mounts, swap, and devices made of it (LVM,
 * LUKS, RAID). None where nobody does.
 * @param source a block device or a file, links resolved
 */
export async function usesOf(source: string): Promise<string[]> {
  const disks = (await stat(source)).isBlockDevice() ? [source] : await loopDevicesOf(source);
  const devices = (await Promise.all(disks.map(devicesOf))).flat();
  const uses = [...(await mountsIn(devices)), ...(await holdersOf(devices))];
  const swaps = swapsOf(await readFile('/proc/swaps', 'utf8'));
  const names = [source, ...devices.map(({ path }) => path)];
  return [...uses, ...swaps.filter((swap) => names.includes(swap)).map((swap) => `${swap} is used as swap`)];
}

interface Device {
  readonly path: string;
  readonly number: DeviceNumber;
  /** Its folder in sysfs. */
  readonly folder: string;
}

async function mountsIn(devices: readonly Device[]): Promise<string[]> {
  const mounts = mountsOf(await readFile('/proc/self/mountinfo', 'utf8'));
  return devices.flatMap(({ path, number }) =>
    mounts
      .filter(({ device, source }) => device === number || source === path)
      .map(({ place }) => `${path} is mounted at ${place}`),
  );
}

async function holdersOf(devices: readonly Device[]): Promise<string[]> {
  const holders = await Promise.all(devices.map(({ folder }) => namesIn(join(folder, 'holders'))));
  return devices.flatMap(({ path }, index) =>
    holders[index]!.map((holder) => `${path} is in use by /dev/${holder}`),
  );
}

/** The disk and its partitions. */
async function devicesOf(path: string): Promise<Device[]> {
  const folder = await sysfsFolder(path);
  const partitions = (await namesIn(folder)).map((name) => join(folder, name));
  const all = await Promise.all(
    [folder, ...partitions].map(async (each) => ({
      folder: each,
      uevent: await textOf(join(each, 'uevent')),
    })),
  );
  return all.flatMap(({ folder: each, uevent }) => {
    const [major, minor, name] = ['MAJOR', 'MINOR', 'DEVNAME'].map((key) => valueIn(uevent, key));
    return name ? [{ folder: each, number: `${major}:${minor}`, path: `/dev/${name}` }] : [];
  });
}

async function loopDevicesOf(file: string): Promise<string[]> {
  const names = (await namesIn('/sys/block')).filter((name) => name.startsWith('loop'));
  const backing = await Promise.all(names.map((name) => textOf(`/sys/block/${name}/loop/backing_file`)));
  return loopsOf(new Map(names.map((name, index) => [name, backing[index]!])), file);
}

/** The folder of a block device in sysfs. */
export async function sysfsFolder(device: string): Promise<string> {
  const { rdev } = await stat(device);
  // Linux puts 20 bits of minor number around 12 bits of major number.
  const [major, minor] = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)];
  return join('/sys/dev/block', `${major}:${minor}`);
}

function valueIn(uevent: string, key: string): string | undefined {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(uevent)?.[1];
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
