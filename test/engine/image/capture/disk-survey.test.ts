import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { surveyDisk } from '../../../../src/engine/image/capture/disk-survey.ts';
import { btrfs, exfat, ext, fat, MIB, type VolumeMaker, volumeOf, xfs } from '../a-volume.ts';

type Change = (volume: Buffer) => void;

/** [what, how it is made, what is changed of it, what is said of it] */
type Refused = [string, VolumeMaker, Change, RegExp];

/** The volume is all of a disk without a table. */
const surveyOf = (disk: Buffer) => surveyDisk(volumeOf(disk), { sectorBytes: 512, whole: [] });

const withBits =
  (at: number, bits: number): Change =>
  (volume) => {
    volume.writeUInt8(volume[at]! | bits, at);
  };

/** A byte of the first FAT, which begins behind the reserved sectors, without some of its bits. */
const withoutBitsOfTable =
  (at: number, bits: number): Change =>
  (volume) => {
    const place = volume.readUInt16LE(14) * 512 + at;
    volume.writeUInt8(volume[place]! & ~bits, place);
  };

const FSCK_FAT =
  /^disk: partition 1 \(vfat\): it was not unmounted in order: run `fsck.fat -a` on it, or copy it whole/;

describe('a mirror of a RAID, whose superblock stands at the end', () => {
  it.for([
    ['1.0', 40 * MIB - 16 * 512],
    ['0.90', 40 * MIB - 65_536],
  ] as const)(
    'is copied whole, though it begins as a file system: version %s',
    async ([, place], context) => {
      // The file system keeps away from the place of the superblock.
      const fileSystem = await readFile(await ext(36 * MIB, 'ext4')(context));
      const volume = Buffer.concat([fileSystem, Buffer.alloc(4 * MIB)]);
      expect((await surveyOf(volume)).partitions[0]).toMatchObject({ fileSystem: 'ext4', copied: 'used' });
      volume.writeUInt32LE(0xa92b4efc, place);
      const { partitions, used } = await surveyOf(volume);
      expect(partitions[0]).toMatchObject({ fileSystem: 'linux_raid_member', copied: 'whole' });
      expect(used).toEqual([{ start: 0, end: 40 * MIB }]);
    },
  );
});

describe('a file system is refused, and it is said what to do', () => {
  it.for<Refused>([
    ['FAT12, by Linux', fat(4 * MIB, 12), withBits(37, 1), FSCK_FAT],
    ['FAT16, by Linux', fat(20 * MIB, 16), withBits(37, 1), FSCK_FAT],
    ['FAT32, by Linux', fat(40 * MIB, 32), withBits(65, 1), FSCK_FAT],
    // The highest byte of entry 1.
    ['FAT16, by Windows', fat(20 * MIB, 16), withoutBitsOfTable(3, 0x80), FSCK_FAT],
    ['FAT32, by Windows', fat(40 * MIB, 32), withoutBitsOfTable(7, 0x08), FSCK_FAT],
    ['FAT32 with a disk that failed', fat(40 * MIB, 32), withoutBitsOfTable(7, 0x04), FSCK_FAT],
    ['exFAT', exfat(8 * MIB), withBits(106, 2), /\(exfat\): .* run `fsck.exfat -p` on it, or copy it whole/],
  ])('where it is mounted, or was not unmounted: %s', async ([, make, change, sentence], context) => {
    const volume = await readFile(await make(context));
    expect((await surveyOf(volume)).partitions[0]!.copied).toBe('used');
    change(volume);
    await expect(surveyOf(volume)).rejects.toThrow(sentence);
  });

  it.for<Refused>([
    [
      'ext4 with its journal on another',
      ext(40 * MIB, 'ext4'),
      (volume) => volume.writeUInt32LE(0, 1024 + 224),
      /its journal is on another volume; a golden image is made of one disk$/,
    ],
    [
      'Btrfs of two devices',
      btrfs(120 * MIB),
      (volume) => volume.writeBigUInt64LE(2n, 65_536 + 136),
      /it is spread over several devices; a golden image is made of one disk$/,
    ],
    [
      'XFS with its log on another',
      xfs(300 * MIB),
      (volume) => volume.writeBigUInt64BE(0n, 48),
      /its log is on another volume; a golden image is made of one disk$/,
    ],
    [
      'XFS with real-time files on another',
      xfs(300 * MIB),
      (volume) => volume.writeBigUInt64BE(1000n, 16),
      /its real-time files are on another volume.*; a golden image is made of one disk$/,
    ],
  ])(
    'where it is but a part, and it is not offered whole: %s',
    async ([, make, change, sentence], context) => {
      const volume = await readFile(await make(context));
      change(volume);
      await expect(surveyOf(volume)).rejects.toThrow(sentence);
    },
  );

  // Of 32 bits at byte 216, big-endian.
  it.for<[string, Change, RegExp]>([
    ['waits for a repair', withBits(219, 0x10), /\(xfs\): .* run `xfs_repair` on it, or copy it whole/],
    [
      'has its files in zones',
      withBits(218, 0x02),
      /features that are not known \(0x200\), or copy it whole/,
    ],
    ['is of a later time', withBits(216, 0x80), /features that are not known \(0x80000000\)/],
  ])('where it is XFS that %s', async ([, change, sentence], context) => {
    const volume = await readFile(await xfs(300 * MIB)(context));
    change(volume);
    await expect(surveyOf(volume)).rejects.toThrow(sentence);
  });
});
