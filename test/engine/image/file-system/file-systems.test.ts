import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { bytesOfRanges, mergedRanges, rangesWithout } from '../../../../src/engine/image/disk/byte-ranges.ts';
import { fileSystemOf } from '../../../../src/engine/image/file-system/file-system-of.ts';
import {
  aVolumeFile,
  btrfs,
  exfat,
  ext,
  fat,
  MARKER,
  MIB,
  ntfs,
  partcloneRanges,
  restored,
  swap,
  tool,
  volumeOf,
  xfs,
} from '../a-volume.ts';

async function read(file: string) {
  const fileSystem = await fileSystemOf(volumeOf(await readFile(file)));
  return { ...fileSystem!, used: mergedRanges(fileSystem!.used) };
}

const CLEARED = ['-E', 'nodiscard,lazy_itable_init=0'];
const ONE_KIB = ['-b', '1024', ...CLEARED];

describe('what a file system uses', () => {
  it.for([
    ['ext2', ext(40 * MIB, 'ext2', ...CLEARED), 'extfs'],
    ['ext3', ext(40 * MIB, 'ext3', ...CLEARED), 'extfs'],
    ['ext4', ext(40 * MIB, 'ext4', ...CLEARED), 'extfs'],
    ['ext4 with blocks of 1 KiB', ext(40 * MIB, 'ext4', ...ONE_KIB), 'extfs'],
    [
      'ext4 with descriptors all over the disk',
      ext(40 * MIB, 'ext4', '-O', 'meta_bg,^resize_inode', ...ONE_KIB),
      'extfs',
    ],
    [
      'ext4 with two backups',
      ext(40 * MIB, 'ext4', '-O', 'sparse_super2,^resize_inode', ...ONE_KIB),
      'extfs',
    ],
    ['ext4 without checksums', ext(40 * MIB, 'ext4', '-O', '^metadata_csum,^uninit_bg', ...CLEARED), 'extfs'],
    ['FAT16', fat(20 * MIB, 16), 'fat'],
    ['FAT32', fat(40 * MIB, 32), 'fat'],
    ['exFAT', exfat(20 * MIB), 'exfat'],
  ] as const)('is to the byte what partclone takes: %s', async ([, make, name], context) => {
    const file = await make(context);
    expect((await read(file)).used).toEqual(await partcloneRanges(context, name, file));
  });

  // Linux and fsck.fat take it for FAT32 by its boot sector; mtools and partclone count clusters, and do not.
  it.for([
    ['20 MiB', 20 * MIB, []],
    ['large clusters', 60 * MIB, ['-s', '8']],
  ] as const)(
    'is on FAT32 with fewer clusters than FAT16 may have what its table says: %s',
    async ([, bytes, options], context) => {
      const file = await aVolumeFile(bytes);
      await tool(context, 'mkfs.fat', 'dosfstools')('-F', '32', '-n', 'GOLDEN', ...options, file);
      const volume = await readFile(file);
      const tableBytes = volume.readUInt32LE(36) * 512;
      const firstTable = volume.readUInt16LE(14) * 512;
      const [lastUsed, clusterBytes] = [101, volume[13]! * 512];
      for (const table of [firstTable, firstTable + tableBytes])
        for (let cluster = 3; cluster <= lastUsed; cluster++)
          volume.writeUInt32LE(cluster === lastUsed ? 0x0fff_ffff : cluster + 1, table + 4 * cluster);
      await writeFile(file, volume);
      const { used, label } = await read(file);
      expect(used).toEqual([{ start: 0, end: firstTable + 2 * tableBytes + (lastUsed - 1) * clusterBytes }]);
      expect(label).toBe('GOLDEN');
    },
  );

  it('is on NTFS what partclone takes, and the boot sector’s copy behind the last cluster', async (context) => {
    const file = await ntfs(24 * MIB)(context);
    const { used } = await read(file);
    const theirs = await partcloneRanges(context, 'ntfs', file);
    expect(rangesWithout(theirs, used)).toEqual([]);
    expect(rangesWithout(used, theirs)).toEqual([{ start: 24 * MIB - 4096, end: 24 * MIB }]);
  });

  it('is on XFS what partclone takes, and a few blocks that wait for use in each group', async (context) => {
    const file = await xfs(300 * MIB)(context);
    const { used } = await read(file);
    const theirs = await partcloneRanges(context, 'xfs', file);
    expect(rangesWithout(theirs, used)).toEqual([]);
    expect(bytesOfRanges(rangesWithout(used, theirs))).toBeLessThanOrEqual(4 * 8 * 4096);
  });

  it('is on Btrfs all of the first mebibyte, too, where GRUB has the rest of its core', async (context) => {
    const file = await btrfs(120 * MIB)(context);
    const { used } = await read(file);
    expect(used[0]).toEqual({ start: 0, end: expect.any(Number) });
    expect(used[0]!.end).toBeGreaterThanOrEqual(MIB);
  });

  it('is on ext4 with clusters of blocks what dumpe2fs does not call free', async (context) => {
    const file = await ext(
      40 * MIB,
      'ext4',
      '-O',
      'bigalloc',
      '-b',
      '4096',
      '-C',
      '16384',
      ...CLEARED,
    )(context);
    const groups = await tool(context, 'dumpe2fs', 'e2fsprogs')(file);
    // Of the last cluster of a range it names the first block.
    const free = [...groups.matchAll(/^ {2}Free blocks: (.*)$/gm)].flatMap(([, list]) =>
      list!
        .split(', ')
        .filter(Boolean)
        .map((range) => {
          const [first, last = first] = range.split('-').map(Number) as [number, number?];
          return { start: first * 4096, end: Math.ceil(((last + 1) * 4096) / 16_384) * 16_384 };
        }),
    );
    expect(free.length).toBeGreaterThan(0);
    expect((await read(file)).used).toEqual(rangesWithout([{ start: 0, end: 40 * MIB }], free));
  });
});

/** [what, how it is made, who checks it and what is said then] */
const CHECKED: readonly [
  string,
  (context: TestContext) => Promise<string>,
  string,
  string,
  string[],
  RegExp,
][] = [
  ['ext2', ext(40 * MIB, 'ext2'), 'e2fsck', 'e2fsprogs', ['-fn'], /Pass 5[\s\S]*non-contiguous/],
  ['ext4', ext(40 * MIB, 'ext4'), 'e2fsck', 'e2fsprogs', ['-fn'], /Pass 5[\s\S]*non-contiguous/],
  [
    'ext4 whose inodes nobody has cleared',
    ext(300 * MIB, 'ext4', '-N', '200000', '-E', 'nodiscard,lazy_itable_init=1'),
    'e2fsck',
    'e2fsprogs',
    ['-fn'],
    /Pass 5[\s\S]*non-contiguous/,
  ],
  [
    'ext4 with clusters of blocks',
    ext(40 * MIB, 'ext4', '-O', 'bigalloc', '-C', '16384'),
    'e2fsck',
    'e2fsprogs',
    ['-fn'],
    /Pass 5[\s\S]*non-contiguous/,
  ],
  ['NTFS', ntfs(24 * MIB), 'ntfsfix', 'ntfs-3g', ['-n'], /was processed successfully/],
  ['FAT12', fat(4 * MIB, 12), 'fsck.fat', 'dosfstools', ['-n'], /\d+ files, \d+\/\d+ clusters/],
  ['FAT32', fat(40 * MIB, 32), 'fsck.fat', 'dosfstools', ['-n'], /\d+ files, \d+\/\d+ clusters/],
  ['exFAT', exfat(20 * MIB), 'fsck.exfat', 'exfatprogs', ['-n'], /clean/],
  ['XFS', xfs(300 * MIB), 'xfs_repair', 'xfsprogs', ['-n'], /Phase 7/],
  [
    'XFS of a disk with sectors of 4 KiB',
    xfs(300 * MIB, '-s', 'size=4096'),
    'xfs_repair',
    'xfsprogs',
    ['-n'],
    /Phase 7/,
  ],
  ['Btrfs', btrfs(120 * MIB), 'btrfs', 'btrfs-progs', ['check', '--check-data-csum'], /no error found/],
];

describe('a volume that has nothing but what is in use, and other bytes in between', () => {
  it.for(CHECKED)('is in order: %s', async ([, make, name, debianPackage, options, sentence], context) => {
    const file = await make(context);
    const check = tool(context, name, debianPackage);
    const { used } = await read(file);
    const target = await restored(file, used);
    expect(await check(...options, target)).toMatch(sentence);
  });

  it.for([
    ['ext4', ext(40 * MIB, 'ext4', '-O', '^resize_inode', '-E', 'nodiscard,lazy_itable_init=1')],
    ['NTFS', ntfs(24 * MIB)],
    ['Btrfs', btrfs(120 * MIB)],
    ['FAT32', fat(40 * MIB, 32)],
  ] as const)('has less than a block of what was free: %s', async ([, make], context) => {
    const file = await make(context);
    const bytes = await readFile(file);
    const { used } = await read(file);
    expect(bytesOfRanges(used)).toBeLessThan(0.8 * bytes.length);
    // The end of a block behind the end of a file is not free, and keeps what it had.
    const marked = MARKER.repeat(500);
    expect(used.filter(({ start, end }) => bytes.subarray(start, end).includes(marked))).toEqual([]);
    expect(bytes.includes(marked)).toBe(true);
  });
});

describe('a file system', () => {
  it.for([
    ['ext3', ext(40 * MIB, 'ext3')],
    ['ext4', ext(40 * MIB, 'ext4')],
    ['ntfs', ntfs(24 * MIB)],
    ['vfat', fat(40 * MIB, 32)],
    ['exfat', exfat(20 * MIB)],
    ['xfs', xfs(300 * MIB)],
    ['btrfs', btrfs(120 * MIB)],
    ['swap', swap(4 * MIB)],
  ] as const)('has the name, UUID and label that blkid prints: %s', async ([, make], context) => {
    const file = await make(context);
    const printed = await tool(context, 'blkid', 'util-linux')('-p', '-o', 'export', file);
    const printedOf = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(printed)?.[1];
    const { name, uuid, label } = await read(file);
    expect({ name, uuid, label }).toEqual({
      name: printedOf('TYPE'),
      uuid: printedOf('UUID'),
      label: printedOf('LABEL'),
    });
  });
});
