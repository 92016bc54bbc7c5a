import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { installedTool, skipOrFail } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';

/** A block device over a file; its partitions are devices, too. */
export interface LoopDevice {
  readonly path: string;
  detach(): void;
}

/** Gone when the test is over at the latest. Skips the test where there is no right to make one. */
export function loopDeviceOf(context: TestContext, file: string): LoopDevice {
  const losetup = installedTool(context, 'losetup', 'mount');
  const { status, stdout, stderr } = spawnSync(losetup, ['--find', '--show', '--partscan', file], {
    encoding: 'utf8',
  });
  if (status !== 0) skipOrFail(context, `needs a loop device, which takes root: ${stderr.trim()}`);
  const path = stdout.trim();
  // A kernel that reads no partition tables is told by partx.
  spawnSync(installedTool(context, 'partx', 'util-linux'), ['--update', path]);
  const nodes = makePartitionNodes(basename(path));
  let isAttached = true;
  const detach = () => {
    // Once: afterwards somebody else may have the device.
    if (!isAttached) return;
    isAttached = false;
    spawnSync(losetup, ['--detach', path]);
    for (const node of nodes) rmSync(node, { force: true });
  };
  onTestFinished(detach);
  return { path, detach };
}

/** Without udev nobody makes them. @returns those that were made */
function makePartitionNodes(device: string): string[] {
  const partitions = readdirSync(`/sys/block/${device}`).filter((name) => name.startsWith(`${device}p`));
  const missing = partitions.filter((name) => !existsSync(`/dev/${name}`));
  for (const name of missing) {
    const number = readFileSync(`/sys/block/${device}/${name}/dev`, 'utf8').trim().split(':');
    spawnSync('mknod', [`/dev/${name}`, 'b', ...number]);
  }
  return missing.map((name) => `/dev/${name}`);
}

export interface MountedVolume {
  readonly folder: string;
  /** When it returns, everything is on the volume. */
  unmount(): void;
}

/** What is said where nobody may mount here, or the kernel does not know the file system. */
const CANNOT_BE =
  /permission denied|must be superuser|only root|not permitted|unknown filesystem type|fuse: device|\/dev\/fuse/i;

/** Mounts a device, or NTFS by its own program; unmounted when the test is over at the latest. */
export async function mounted(
  context: TestContext,
  source: string,
  by = 'mount',
  options: readonly string[] = [],
): Promise<MountedVolume> {
  const folder = await aFolder();
  const program = installedTool(context, by, by === 'mount' ? 'mount' : 'ntfs-3g');
  const { status, stderr } = spawnSync(program, [...options, source, folder], { encoding: 'utf8' });
  if (status !== 0) {
    if (CANNOT_BE.test(stderr)) skipOrFail(context, `cannot mount ${source}: ${stderr.trim()}`);
    throw new Error(`${source} cannot be mounted: ${stderr.trim()}`);
  }
  const umount = installedTool(context, 'umount', 'mount');
  let isMounted = true;
  const unmount = () => {
    if (!isMounted) return;
    isMounted = false;
    const ended = spawnSync(umount, [folder], { encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`${folder} cannot be unmounted: ${ended.stderr.trim()}`);
  };
  onTestFinished(unmount);
  return { folder, unmount };
}

/** A volume in memory that is soon full. */
export function aSmallVolume(context: TestContext, bytes: number): Promise<MountedVolume> {
  return mounted(context, 'tmpfs', 'mount', ['-t', 'tmpfs', '-o', `size=${bytes}`]);
}
