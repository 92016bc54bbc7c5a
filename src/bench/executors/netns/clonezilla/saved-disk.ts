import { isExtended, ProtocolError, parseSfdiskDump } from '../../../../engine/index.ts';

/** Files of a saved disk beside those of its partitions, under the names that Clonezilla gives them. */
export const SAVED_FILES = {
  /** Output of `sfdisk --dump`. */
  table: 'sda-pt.sf',
  bootCode: 'sda-mbr',
  /** Packed, unlike there: 1 MiB is nothing to a disk of 18 GB, and much to one of a lab. */
  behindBootCode: 'sda-hidden-data-after-mbr.zst',
  /** `/dev/sda1 ntfs`, a line for each partition. */
  fileSystems: 'dev-fs.list',
} as const;

/** Where a server has them, below its boot files. */
export const SAVED_FOLDER = 'clonezilla';

/** A partition of a saved disk. */
export interface SavedPartition {
  /** Such as `sda1`. */
  readonly device: string;
  readonly fileSystem: string;
  /** Where it begins on the disk. */
  readonly diskOffset: number;
  readonly bytes: number;
  /** Its partclone image, compressed by zstd. */
  readonly file: string;
}

/** By the file system as blkid names it; all others are copied as they are, as Clonezilla does. */
const PROGRAMS: Readonly<Record<string, string>> = {
  btrfs: 'partclone.btrfs',
  exfat: 'partclone.exfat',
  ext2: 'partclone.ext2',
  ext3: 'partclone.ext3',
  ext4: 'partclone.ext4',
  ntfs: 'partclone.ntfs',
  vfat: 'partclone.vfat',
  xfs: 'partclone.xfs',
};
const ANY_FILE_SYSTEM = 'dd';

/** The program that saves a file system. */
export function partcloneFor(fileSystem: string): string {
  return PROGRAMS[fileSystem] ?? 'partclone.dd';
}

/** Start and size of every partition that holds data, of the text of `sfdisk --dump`. Throws a ProtocolError where there is none. */
export function partitionsIn(dump: string): { device: string; diskOffset: number; bytes: number }[] {
  const table = parseSfdiskDump(dump);
  const holding = table.partitions.filter((partition) => !isExtended(table, partition));
  if (holding.length === 0) throw new ProtocolError('it names no partition that holds data');
  return holding.map(({ device, startBytes, bytes }) => ({ device, diskOffset: startBytes, bytes }));
}

/** The partitions of a saved disk by the texts of its files. Throws a ProtocolError where there are none. */
export function savedPartitions(dump: string, fileSystems: string): SavedPartition[] {
  const known = new Map(
    fileSystems
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  return partitionsIn(dump).map((partition) => {
    const fileSystem = known.get(`/dev/${partition.device}`) ?? '';
    const kind = fileSystem in PROGRAMS ? fileSystem : ANY_FILE_SYSTEM;
    return { ...partition, fileSystem, file: `${partition.device}.${kind}-ptcl-img.zst` };
  });
}
