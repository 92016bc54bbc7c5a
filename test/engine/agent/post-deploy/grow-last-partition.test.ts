import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveBackupTable } from '../../../../src/engine/agent/move-backup-table.ts';
import { growLastPartition } from '../../../../src/engine/agent/post-deploy/grow-last-partition.ts';
import { mounted } from '../../image/a-mounted-volume.ts';
import { sfdisk } from '../../image/a-partitioned-disk.ts';
import { btrfs, ext, MIB, ntfs, REAL_FILES, tool, type VolumeMaker, xfs } from '../../image/a-volume.ts';
import { aDeployedDisk, aLargerDisk, needsRoot, partitionOf } from './a-deployed-disk.ts';

const GPT = (sizeMib: number) => `label: gpt\nsize=8MiB, type=uefi\nsize=${sizeMib}MiB\n`;
const MBR = 'label: dos\nsize=8MiB, type=c, bootable\nsize=64MiB\n';
/** The second partition is an extended one with a logical one in it, as installers of Debian make it. */
const LOGICAL = 'label: dos\ndisk1: size=8MiB\ndisk2: size=72MiB, type=5\ndisk5: size=64MiB\n';

interface Growing {
  readonly script: string;
  readonly number?: number;
  readonly fileSystem: string;
  readonly maker: VolumeMaker;
  readonly goldenBytes: number;
  readonly bytes: number;
}

async function grown(context: Parameters<VolumeMaker>[0], wishes: Growing) {
  const { script, number = 2, fileSystem, maker, goldenBytes: bytes } = wishes;
  const volumes = [{ number, fileSystem, file: await maker(context) }];
  const { path, run, notes } = await aLargerDisk(context, { script, bytes, volumes }, wishes.bytes);
  await run(moveBackupTable, growLastPartition);
  expect(await sfdisk(context, ['--verify', path])).not.toMatch(/overlap|beyond|error[^s]/i);
  const partition = await partitionOf(context, path, number);
  expect(partition.startBytes + partition.bytes).toBeGreaterThan(wishes.bytes - 2 * MIB);
  return { path, run, notes, partition };
}

/** What the kernel says of the mounted file system. */
async function kibibytes(context: Parameters<VolumeMaker>[0], folder: string): Promise<number> {
  const text = await tool(context, 'df', 'coreutils')('--output=size', '-k', folder);
  return Number(text.trim().split('\n').at(-1));
}

describe('the last partition of a machine with a larger disk', () => {
  it('grows with its ext4 in a GPT, which e2fsck finds in order, and the files are the same', async (context) => {
    const { partition, path } = await grown(context, {
      ...{ script: GPT(64), fileSystem: 'ext4', maker: ext(64 * MIB, 'ext4') },
      ...{ goldenBytes: 74 * MIB, bytes: 300 * MIB },
    });
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', path)).toMatch(/No problems found/);
    await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', partition.file);
    const { folder } = await mounted(context, partition.file);
    expect(await kibibytes(context, folder)).toBeGreaterThan(250 * 1024);
    expect(await readFile(join(folder, 'failure.ts'))).toEqual(
      await readFile(join(REAL_FILES, 'failure.ts')),
    );
  });

  it('grows with its ext4 in an MBR', async (context) => {
    const { partition } = await grown(context, {
      ...{ script: MBR, fileSystem: 'ext4', maker: ext(64 * MIB, 'ext4') },
      ...{ goldenBytes: 74 * MIB, bytes: 200 * MIB },
    });
    expect(await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', partition.file)).toMatch(
      /\/48\d{3} blocks|\/19\d{4} blocks/,
    );
  });

  it('grows where it is a logical one, and the extended one before it', async (context) => {
    const { partition } = await grown(context, {
      ...{ script: LOGICAL, number: 5, fileSystem: 'ext3', maker: ext(64 * MIB, 'ext3') },
      ...{ goldenBytes: 84 * MIB, bytes: 200 * MIB },
    });
    await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', partition.file);
  });

  it('grows with its NTFS, which stays sound', async (context) => {
    const { partition } = await grown(context, {
      ...{ script: GPT(64), fileSystem: 'ntfs', maker: ntfs(64 * MIB) },
      ...{ goldenBytes: 74 * MIB, bytes: 200 * MIB },
    });
    const check = tool(context, 'ntfsfix', 'ntfs-3g');
    expect(await check('--no-action', partition.file)).toMatch(/processed successfully/);
    const info = await tool(context, 'ntfsresize', 'ntfs-3g')('--info', '--force', partition.file);
    expect(Number(/Current volume size: (\d+) bytes/.exec(info)![1])).toBeGreaterThan(185 * MIB);
    const same = await tool(context, 'ntfscat', 'ntfs-3g')('--force', partition.file, 'failure.ts');
    expect(same).toContain(await readFile(join(REAL_FILES, 'failure.ts'), 'utf8'));
    // The copy of the boot sector in the last sector, by which Windows and we repair the first.
    const volume = await readFile(partition.file);
    expect(volume.subarray(-512).equals(volume.subarray(0, 512))).toBe(true);
  });

  it('grows with its XFS', async (context) => {
    const { partition } = await grown(context, {
      ...{ script: GPT(320), fileSystem: 'xfs', maker: xfs(320 * MIB) },
      ...{ goldenBytes: 330 * MIB, bytes: 700 * MIB },
    });
    await tool(context, 'xfs_repair', 'xfsprogs')('-n', partition.file);
    const { folder } = await mounted(context, partition.file);
    expect(await kibibytes(context, folder)).toBeGreaterThan(600 * 1024);
  });

  it('grows with its Btrfs', async (context) => {
    const { partition } = await grown(context, {
      ...{ script: GPT(128), fileSystem: 'btrfs', maker: btrfs(128 * MIB) },
      ...{ goldenBytes: 138 * MIB, bytes: 400 * MIB },
    });
    await tool(context, 'btrfs', 'btrfs-progs')('check', '--readonly', partition.file);
    const { folder } = await mounted(context, partition.file);
    expect(await kibibytes(context, folder)).toBeGreaterThan(380 * 1024);
  });

  it('grows on a disk without a partition table: the file system alone', async (context) => {
    needsRoot(context);
    const path = await ext(64 * MIB, 'ext4')(context);
    await truncate(path, 200 * MIB);
    const partitions = [{ number: 1, startBytes: 0, bytes: 64 * MIB, fileSystem: 'ext4' }];
    const { run } = await aDeployedDisk(path, { table: 'none', bytes: 64 * MIB, partitions });
    await run(growLastPartition);
    await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', path);
    const { folder } = await mounted(context, path);
    expect(await kibibytes(context, folder)).toBeGreaterThan(150 * 1024);
  });

  it('stays as it is where the disk is not larger, or when it has grown before', async (context) => {
    const { path, run, notes } = await grown(context, {
      ...{ script: GPT(64), fileSystem: 'ext4', maker: ext(64 * MIB, 'ext4') },
      ...{ goldenBytes: 74 * MIB, bytes: 150 * MIB },
    });
    const { mtimeMs } = await stat(path);
    await run(growLastPartition);
    expect(notes.at(-1)).toBe('partition 2 reaches to the end of the disk as it is');
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });

  it('is golden again when its chunks are, after it was cut off: it grows once more', async (context) => {
    const golden = { script: GPT(64), bytes: 74 * MIB };
    const file = await ext(64 * MIB, 'ext4')(context);
    const volumes = [{ number: 2, fileSystem: 'ext4', file }];
    const { path, run } = await aLargerDisk(context, { ...golden, volumes }, 200 * MIB);
    const before = (await readFile(path)).subarray(0, golden.bytes);
    await run(moveBackupTable, growLastPartition);
    // What the scan finds changed is fetched anew; what was written behind the golden disk stays.
    const again = await aLargerDisk(context, { ...golden, volumes }, 200 * MIB);
    const left = await readFile(path);
    before.copy(left, 0);
    await writeFile(again.path, left);
    await again.run(moveBackupTable, growLastPartition);
    const partition = await partitionOf(context, again.path, 2);
    await tool(context, 'e2fsck', 'e2fsprogs')('-f', '-n', partition.file);
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', again.path)).toMatch(/No problems found/);
  });

  it('is a failure that says what can grow where it is swap', async (context) => {
    needsRoot(context);
    const path = await ext(64 * MIB, 'ext4')(context);
    const partitions = [{ number: 1, startBytes: 0, bytes: 64 * MIB, fileSystem: 'swap' }];
    const { run } = await aDeployedDisk(path, { table: 'none', bytes: 64 * MIB, partitions });
    await expect(run(growLastPartition)).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('number 1 with swap; what can grow is ext2'),
    });
  });
});
