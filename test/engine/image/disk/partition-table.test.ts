import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPartitionTable } from '../../../../src/engine/image/disk/partition-table.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { aPartitionedDisk, sfdiskPartitions } from '../a-partitioned-disk.ts';
import { fat, MIB, ntfs, volumeOf } from '../a-volume.ts';

const GPT = 'label: gpt\nsize=1MiB, type=uefi\nstart=4MiB, size=2MiB\nstart=3MiB, size=1MiB, type=swap\n';
/** From number 5 on they are logical. */
const MBR =
  'label: dos\nd1: size=2MiB, type=7, bootable\nd2: size=8MiB, type=extended\nd5: size=2MiB\nd6: size=1MiB\nd7: size=1MiB, type=82\n';

const tableOf = async (file: string) => readPartitionTable(volumeOf(await readFile(file)), 512);

async function changed(file: string, change: (disk: Buffer) => void): Promise<string> {
  const disk = await readFile(file);
  change(disk);
  await writeFile(file, disk);
  return file;
}

describe('a partition table', () => {
  it.for([
    ['a GPT', 'gpt', GPT],
    ['an MBR with logical partitions', 'mbr', MBR],
    ['an MBR of one partition', 'mbr', 'label: dos\nsize=2MiB\n'],
  ] as const)('is read as sfdisk reads it: %s', async ([, kind, script], context) => {
    const file = await aPartitionedDisk(context, 16 * MIB, script);
    const table = await tableOf(file);
    expect(table.kind).toBe(kind);
    const theirs = (await sfdiskPartitions(context, file)).filter(
      ({ number }) => kind === 'gpt' || number !== 2,
    );
    expect(table.partitions).toEqual(theirs.sort((one, other) => one.startBytes - other.startBytes));
  });

  it('of a GPT has both copies and the protective MBR, and no more', async (context) => {
    const { tables } = await tableOf(await aPartitionedDisk(context, 16 * MIB, GPT));
    const end = 16 * MIB;
    expect(tables).toEqual([
      { start: 0, end: 1024 },
      { start: 1024, end: 1024 + 16_384 },
      { start: end - 512 - 16_384, end: end - 512 },
      { start: end - 512, end },
    ]);
  });

  it('of an MBR has what is in front of the first partition, and the records of logical ones', async (context) => {
    const { tables, partitions } = await tableOf(await aPartitionedDisk(context, 16 * MIB, MBR));
    expect(tables[0]).toEqual({ start: 0, end: MIB });
    expect(tables.slice(1)).toHaveLength(partitions.length - 1);
    expect(tables.slice(1).every(({ start, end }) => end - start === 512)).toBe(true);
  });

  it.for([
    ['NTFS', ntfs(4 * MIB)],
    ['FAT32', fat(40 * MIB, 32)],
  ] as const)('is not seen in the boot sector of a file system: %s', async ([, make], context) => {
    const file = await make(context);
    const { kind, partitions, tables } = await tableOf(file);
    expect({ kind, tables }).toEqual({ kind: 'none', tables: [] });
    expect(partitions).toEqual([{ number: 1, startBytes: 0, bytes: (await readFile(file)).length }]);
  });

  it.for<[string, (disk: Buffer) => void, RegExp]>([
    [
      'in the primary header',
      (disk) => disk.fill(1, 512 + 60, 512 + 61),
      /primary copy .* checksum of its header .*gdisk/,
    ],
    [
      'in the primary entries',
      (disk) => disk.fill(1, 1024 + 40, 1024 + 41),
      /primary copy .* checksum of its entries/,
    ],
    [
      'in the backup header',
      (disk) => disk.fill(1, 16 * MIB - 512, 16 * MIB - 511),
      /backup copy .* no header of a GPT/,
    ],
    [
      'in the backup entries',
      (disk) => disk.fill(1, 16 * MIB - 1024, 16 * MIB - 1023),
      /backup copy .* checksum of its entries/,
    ],
  ])('with a changed byte %s is refused, and the copy is named', async ([, change, sentence], context) => {
    const file = await aPartitionedDisk(context, 16 * MIB, GPT);
    await expect(tableOf(await changed(file, change))).rejects.toThrow(sentence);
  });

  it.for<[string, (record: Buffer) => void]>([
    [
      'the link comes first, as DR-DOS writes it',
      (record) => {
        const [own, link] = [0, 16].map((at) => Buffer.from(record.subarray(446 + at, 462 + at)));
        record.set(Buffer.concat([link!, own!]), 446);
      },
    ],
    [
      'the first entry is empty, and the partition is the third',
      (record) => {
        record.copy(record, 446 + 32, 446, 462);
        record.fill(0, 446, 462);
      },
    ],
    [
      'the fourth entry leads out of it',
      (record) => {
        record.copy(record, 446 + 48, 446, 462);
        record.writeUInt32LE(20 * 2048, 446 + 48 + 12);
      },
    ],
  ])('has all logical partitions also where in a record %s', async ([, change], context) => {
    const file = await aPartitionedDisk(context, 16 * MIB, MBR);
    const before = await tableOf(file);
    expect(before.partitions.map(({ number }) => number)).toEqual([1, 5, 6, 7]);
    const first = before.tables[1]!.start;
    await changed(file, (disk) => change(disk.subarray(first, first + 512)));
    expect(await tableOf(file)).toEqual(before);
  });

  it('whose chain of logical partitions runs in a circle is refused', async (context) => {
    const file = await aPartitionedDisk(context, 16 * MIB, MBR);
    const second = (await tableOf(file)).tables[2]!.start;
    const circle = changed(file, (disk) => {
      disk[second + 446 + 16 + 4] = 0x05;
      disk.writeUInt32LE(0, second + 446 + 16 + 8);
      disk.writeUInt32LE(2048, second + 446 + 16 + 12);
    });
    await expect(tableOf(await circle)).rejects.toThrow('its chain of logical partitions has no end');
  });

  it('with partitions over each other or beyond the disk is refused', async (context) => {
    const file = await aPartitionedDisk(context, 16 * MIB, 'label: dos\nsize=2MiB\nsize=2MiB\n');
    await changed(file, (disk) => disk.writeUInt32LE(3000, 446 + 16 + 8));
    await expect(tableOf(file)).rejects.toThrow('its partition 2 overlaps the one before it');
    await changed(file, (disk) => disk.writeUInt32LE(32_000, 446 + 16 + 8));
    await expect(tableOf(file)).rejects.toThrow('its partition 2 ends at byte');
  });

  it.for([
    ['GPT', GPT],
    ['MBR', MBR],
  ] as const)(
    'that is hostile costs a ProtocolError at most: %s',
    { timeout: FUZZ_TIMEOUT_MS },
    async ([, script], context) => {
      const disk = await readFile(await aPartitionedDisk(context, 16 * MIB, script));
      const places = [
        [0, 2048],
        [MIB, 4096],
        [3 * MIB, 64],
        [8 * MIB, 64],
        [disk.length - 2048, 2048],
      ] as const;
      const change = fc.record({ area: fc.constantFrom(...places), at: fc.nat(4095), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
          const hostile = Buffer.from(disk);
          for (const { area, at, byte } of changes) hostile[area[0] + (at % area[1])] = byte;
          await readPartitionTable(volumeOf(hostile), 512).catch((error) => {
            expect(error).toBeInstanceOf(ProtocolError);
          });
        }),
        UNTIL_TIME_IS_UP,
      );
    },
  );
});
