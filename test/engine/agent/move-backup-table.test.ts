import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveBackupTable } from '../../../src/engine/agent/move-backup-table.ts';
import { aFolder } from '../an-image.ts';
import { aPartitionedDisk, sfdisk } from '../image/a-partitioned-disk.ts';
import { flipByte, MIB, tool } from '../image/a-volume.ts';
import { aDeployedDisk } from './post-deploy/a-deployed-disk.ts';

const SCRIPT =
  'label: gpt\nsize=24MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\nsize=40MiB\nsize=4MiB, type=swap\n';
const A_GPT_DISK = { table: 'gpt', bytes: 72 * MIB } as const;

describe('a machine with a larger disk', () => {
  it('gets the second copy of its partition table at the end of the disk', async (context) => {
    const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
    await truncate(disk, 100 * MIB);
    const { run } = await aDeployedDisk(disk, A_GPT_DISK);
    await run(moveBackupTable);
    expect(await sfdisk(context, ['--verify', disk])).toMatch(/No errors detected/i);
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', disk)).toMatch(/No problems found/);
  });

  it('may have a table of more entries than usual', async (context) => {
    const disk = await aPartitionedDisk(
      context,
      72 * MIB,
      `label: gpt\ntable-length: 256\n${SCRIPT.slice(11)}`,
    );
    await truncate(disk, 100 * MIB);
    const { run } = await aDeployedDisk(disk, A_GPT_DISK);
    await run(moveBackupTable);
    expect(await sfdisk(context, ['--verify', disk])).toMatch(/No errors detected/i);
  });

  it('is told of a table that cannot be read, and nothing is written', async (context) => {
    const disk = await aPartitionedDisk(context, 72 * MIB, SCRIPT);
    await truncate(disk, 100 * MIB);
    await flipByte(disk, 1024 + 40);
    const before = await readFile(disk);
    const { run } = await aDeployedDisk(disk, A_GPT_DISK);
    await expect(run(moveBackupTable)).rejects.toMatchObject({ code: 'BAD_TABLE' });
    expect((await readFile(disk)).equals(before)).toBe(true);
  });

  it('is left alone where there is no GPT', async () => {
    const disk = join(await aFolder(), 'disk');
    await writeFile(disk, new Uint8Array(MIB));
    const { run } = await aDeployedDisk(disk, { table: 'mbr', bytes: MIB / 2 });
    await run(moveBackupTable);
    expect((await readFile(disk)).every((byte) => byte === 0)).toBe(true);
  });
});
