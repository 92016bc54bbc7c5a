import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, type TestContext } from 'vitest';
import { DiskWriter } from '../../src/engine/agent/disk-writer.ts';
import { moveBackupTable } from '../../src/engine/agent/move-backup-table.ts';
import type { Manifest } from '../../src/engine/image/manifest.ts';
import {
  aPartitionedDisk,
  putVolume,
  sfdisk,
  sfdiskPartitions,
  takeVolume,
} from '../engine/image/a-partitioned-disk.ts';
import { ext, flipByte, MARKER, MIB, ntfs, partcloneRanges, swap, tool } from '../engine/image/a-volume.ts';
import { aFolder, swarmboot } from './swarmboot-process.ts';

/** Inodes that were never written are zero instead of anything (partclone takes them, we need not), and no blocks are in use without ever being written. */
const CLEARED = ['-O', '^resize_inode', '-E', 'nodiscard,lazy_itable_init=0'];
/** Free space has this in it before a disk is formatted. */
const LEFT_OVER = MARKER.repeat(500);
const SCRIPT =
  'label: gpt\nsize=24MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\nsize=40MiB\nsize=4MiB, type=swap\n';

/** A disk of three partitions with real files, and free space that is full of something else. */
async function aDisk(context: TestContext): Promise<string> {
  const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
  const volumes = [ntfs(24 * MIB), ext(40 * MIB, 'ext4', ...CLEARED), swap(4 * MIB)];
  const partitions = await sfdiskPartitions(context, disk);
  for (const [index, make] of volumes.entries())
    await putVolume(disk, await make(context), partitions[index]!.startBytes);
  return disk;
}

/** What a command prints as JSON; it has to succeed. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await swarmboot(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function manifestOf(store: string): Promise<Manifest> {
  return (await json('image', 'show', 'lab', '--store', store)).manifest;
}

describe('a disk of NTFS, ext4 and swap', () => {
  it('comes back from its golden image as it was in use, without its free space', async (context) => {
    const disk = await aDisk(context);
    const folder = await aFolder();
    const [store, back] = [join(folder, 'store'), join(folder, 'back.img')];
    await json('image', 'capture', disk, '--name', 'lab', '--store', store);
    expect((await swarmboot('image', 'verify', 'lab', '--store', store)).code).toBe(0);
    expect((await swarmboot('image', 'export', 'lab', back, '--store', store)).code).toBe(0);
    expect(await sfdisk(context, ['--dump', back])).toEqual(
      (await sfdisk(context, ['--dump', disk])).replaceAll(disk, back),
    );
    const usedBytes: Uint8Array[] = [];
    const [forNtfs, forExt] = await sfdiskPartitions(context, disk);
    for (const [name, partition] of [
      ['ntfs', forNtfs],
      ['ext4', forExt],
    ] as const) {
      const golden = await takeVolume(disk, partition!);
      const restored = await takeVolume(back, partition!);
      const [was, is] = [await readFile(golden), await readFile(restored)];
      for (const { start, end } of await partcloneRanges(context, name, golden)) {
        expect(is.subarray(start, end).equals(was.subarray(start, end))).toBe(true);
        usedBytes.push(was.subarray(start, end));
      }
      expect(was.includes(LEFT_OVER)).toBe(true);
      expect(is.includes(LEFT_OVER)).toBe(false);
      if (name === 'ntfs') await tool(context, 'ntfsfix', 'ntfs-3g')('-n', restored);
      else await tool(context, 'e2fsck', 'e2fsprogs')('-fn', restored);
    }
    const { payload } = await manifestOf(store);
    expect(payload.bytes).toBeLessThanOrEqual(1.03 * framesOf(Buffer.concat(usedBytes)));
  });

  it('is not the same to verify once any byte of the image has changed', async (context) => {
    const disk = await aDisk(context);
    const store = join(await aFolder(), 'store');
    await json('image', 'capture', disk, '--name', 'lab', '--store', store);
    const { payload } = await manifestOf(store);
    await flipByte(join(store, 'images/lab/1/payload'), Math.floor(payload.bytes / 2));
    const { code, stdout, stderr } = await swarmboot('image', 'verify', 'lab', '--store', store);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/payload.*chunk \d+.*disk offset \d+/s);
  });
});

describe('a machine with a larger disk', () => {
  it('gets the second copy of its partition table at the end of the disk', async (context) => {
    const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
    await truncate(disk, 100 * MIB);
    const writer = await DiskWriter.open(disk);
    await moveBackupTable.run(writer, {
      table: 'gpt',
      disk: { bytes: 72 * MIB, sectorBytes: 512 },
    } as Manifest);
    await writer.close();
    expect(await sfdisk(context, ['--verify', disk])).toMatch(/No errors detected/i);
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', disk)).toMatch(/No problems found/);
  });

  it('is left alone where there is no GPT', async () => {
    const disk = join(await aFolder(), 'disk');
    await writeFile(disk, new Uint8Array(MIB));
    const writer = await DiskWriter.open(disk);
    await moveBackupTable.run(writer, {
      table: 'mbr',
      disk: { bytes: MIB / 2, sectorBytes: 512 },
    } as Manifest);
    await writer.close();
    expect((await readFile(disk)).every((byte) => byte === 0)).toBe(true);
  });
});

/** Bytes of what is in use as zstd frames of 4 MiB each, level 3. */
function framesOf(used: Uint8Array): number {
  let bytes = 0;
  for (let at = 0; at < used.length; at += 4 * MIB)
    bytes += zstdCompressSync(used.subarray(at, at + 4 * MIB), {
      params: { [constants.ZSTD_c_compressionLevel]: 3 },
    }).length;
  return bytes;
}
