import type { Command } from '../pipe-script.ts';
import { UNPACKER } from '../unpacking.ts';
import { partcloneFor, SAVED_FILES, type SavedPartition } from './saved-disk.ts';

/** A command that writes a file of the saved disk to its standard output. */
export type Fetching = (file: string) => Command;

/** Bytes of an MBR before its partition table. */
const BOOT_CODE_BYTES = 446;
const SECTOR_BYTES = 512;
/**
 * How often partclone shows how far it is; it ends at such a moment, too. The default of 2 s would weigh on small images,
 * and with 0 it keeps a fifth of a core busy.
 */
const REFRESH_S = '1';

/**
 * What is done to a disk before its partitions come, as Clonezilla does it: boot code, what stands behind it, table.
 * @param fetching brings small files
 */
export function tablePipes(disk: string, fetching: Fetching): Command[][] {
  const place = [`of=${disk}`, 'conv=notrunc', 'status=none'];
  return [
    [fetching(SAVED_FILES.bootCode), ['dd', ...place, `bs=${BOOT_CODE_BYTES}`, 'count=1', 'iflag=fullblock']],
    [fetching(SAVED_FILES.behindBootCode), UNPACKER, ['dd', ...place, `bs=${SECTOR_BYTES}`, 'seek=1']],
    [
      fetching(SAVED_FILES.table),
      ['sfdisk', '--quiet', '--force', '--wipe', 'never', '--no-reread', '--no-tell-kernel', disk],
    ],
  ];
}

/**
 * One partition: from the server through decompression to its place. `-C`, because a file has no size of a device;
 * `-O` writes onto an existing file, where `-o` would not;
 * `-E` is the place of the partition.
 * @param fetching brings its image
 */
export function partitionPipe(
  disk: string,
  { fileSystem, diskOffset, file }: SavedPartition,
  fetching: Fetching,
): Command[] {
  return [fetching(file), UNPACKER, placing(disk, { fileSystem, diskOffset })];
}

/** Of a file system that partclone does not know there is a plain copy. */
function placing(
  disk: string,
  { fileSystem, diskOffset }: Pick<SavedPartition, 'fileSystem' | 'diskOffset'>,
): Command {
  const offset = String(diskOffset);
  if (partcloneFor(fileSystem) === 'partclone.dd')
    return ['dd', `of=${disk}`, 'bs=1M', `seek=${offset}`, 'oflag=seek_bytes', 'conv=notrunc', 'status=none'];
  const log = `${disk}.partclone.log`;
  return ['partclone.restore', '-C', '-q', '-f', REFRESH_S, '-L', log, '-E', offset, '-s', '-', '-O', disk];
}

/**
 * What is left to do on a partition, or null. NTFS keeps a copy of its boot sector in its last one, which is of no
 * cluster, so that partclone leaves it out; Clonezilla writes it by `partclone.ntfsfixboot`, which takes devices only.
 */
export function finishingPipe(
  disk: string,
  { fileSystem, diskOffset, bytes }: SavedPartition,
): Command[] | null {
  if (fileSystem !== 'ntfs') return null;
  const from = `skip=${diskOffset / SECTOR_BYTES}`;
  const to = `seek=${(diskOffset + bytes) / SECTOR_BYTES - 1}`;
  const sector = [`bs=${SECTOR_BYTES}`, 'count=1', 'conv=notrunc', 'status=none'];
  return [['dd', `if=${disk}`, `of=${disk}`, from, to, ...sector]];
}
