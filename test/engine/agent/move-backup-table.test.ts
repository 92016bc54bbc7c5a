import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { moveBackupTable } from '../../../src/engine/agent/move-backup-table.ts';
import type { Manifest } from '../../../src/engine/image/manifest.ts';
import { aFolder } from '../an-image.ts';
import { aPartitionedDisk, sfdisk } from '../image/a-partitioned-disk.ts';
import { flipByte, MIB, tool } from '../image/a-volume.ts';

const SCRIPT =
  'label: gpt\nsize=24MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\nsize=40MiB\nsize=4MiB, type=swap\n';
const A_GPT_DISK = { table: 'gpt', disk: { bytes: 72 * MIB, sectorBytes: 512 } } as Manifest;

describe('a machine with a larger disk', () => {
  it('gets the second copy of its partition table at the end of the disk', async (context) => {
    const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
    await truncate(disk, 100 * MIB);
    const writer = await DiskWriter.open(disk);
    await moveBackupTable.run(writer, A_GPT_DISK);
    await writer.close();
    expect(await sfdisk(context, ['--verify', disk])).toMatch(/No errors detected/i);
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', disk)).toMatch(/No problems found/);
  });

  it('is told of a table that cannot be read, and nothing is written', async (context) => {
    const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
    await truncate(disk, 100 * MIB);
    await flipByte(disk, 1024 + 40);
    const before = await readFile(disk);
    const writer = await DiskWriter.open(disk);
    await expect(moveBackupTable.run(writer, A_GPT_DISK)).rejects.toMatchObject({ code: 'BAD_TABLE' });
    await writer.close();
    expect((await readFile(disk)).equals(before)).toBe(true);
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
