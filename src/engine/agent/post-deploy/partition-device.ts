import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import type { DiskPartition } from '../../image/disk/disk-partition.ts';
import { readPartitionTable } from '../../image/disk/partition-table.ts';
import { assertWithin, type Volume } from '../../image/disk/volume.ts';
import { ProtocolError } from '../../protocol-error.ts';
import type { DeployedDisk } from '../post-deploy-hook.ts';
import { runTool } from './system-tools.ts';

/** The partitions as they stand on the disk now. Throws a RunFailure (`BAD_TABLE`). */
export async function partitionsOf({ disk, manifest }: DeployedDisk): Promise<readonly DiskPartition[]> {
  const volume: Volume = {
    bytes: disk.sizeBytes,
    async read(offset, bytes) {
      assertWithin(volume, offset, bytes);
      const room = Buffer.alloc(bytes);
      await disk.readAt(offset, room);
      return room;
    },
  };
  try {
    return (await readPartitionTable(volume, manifest.disk.sectorBytes)).partitions;
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RunFailure('BAD_TABLE', `the disk's partition table cannot be read: ${cause.message}`, {
      cause,
    });
  }
}

/** Throws a RunFailure (`BAD_TABLE`) where the disk has no such partition. */
export async function partitionNumbered(deployed: DeployedDisk, number: number): Promise<DiskPartition> {
  const found = (await partitionsOf(deployed)).find((one) => one.number === number);
  if (found) return found;
  throw new RunFailure('BAD_TABLE', `the disk has no partition ${number}`);
}

/**
 * Does something with a partition as a device. It is a loop device over its bytes of the disk: the same for a disk and
 * for a file that is one, while the disk is held, and whatever the kernel thinks where its partitions are. What is
 * written to it passes through the page cache of the disk.
 */
export async function withPartitionDevice<Result>(
  { path }: Pick<DeployedDisk, 'path'>,
  { startBytes, bytes }: DiskPartition,
  work: (device: string) => Promise<Result>,
): Promise<Result> {
  const range = ['--offset', `${startBytes}`, '--sizelimit', `${bytes}`];
  const device = (await runTool({ name: 'losetup', args: ['--find', '--show', ...range, path] })).trim();
  try {
    return await work(device);
  } finally {
    await runTool({ name: 'losetup', args: ['--detach', device] });
  }
}

/** Does something with the files of a device. @param type of file system, as mount knows it */
export async function withMounted<Result>(
  device: string,
  type: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-disk-'));
  try {
    await runTool({ name: 'mount', args: ['-t', type, device, folder] });
    try {
      return await work(folder);
    } finally {
      await runTool({ name: 'umount', args: [folder] });
    }
  } finally {
    await rmdir(folder);
  }
}
