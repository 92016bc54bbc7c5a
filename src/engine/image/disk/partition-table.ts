import { ProtocolError } from '../../protocol-error.ts';
import type { DiskPartition, PartitionTable } from './disk-partition.ts';
import { readGptTable } from './gpt-table.ts';
import { isBootRecord, PROTECTIVE_TYPE, partitionEntries } from './mbr-codec.ts';
import { readMbrTable } from './mbr-table.ts';
import type { Volume } from './volume.ts';

/** A manifest has room for so many. */
const MOST_PARTITIONS = 128;

/**
 * Reads the partition table of a disk. As the kernel does, a GPT counts only behind a protective MBR.
 * A disk without a table is one partition: a file system can fill it from the first byte on.
 * Throws a ProtocolError where the table is damaged.
 */
export async function readPartitionTable(disk: Volume, sectorBytes: number): Promise<PartitionTable> {
  const table = await anyTable(disk, sectorBytes);
  const partitions = [...table.partitions].sort((one, other) => one.startBytes - other.startBytes);
  assertApart(partitions, disk.bytes);
  return { ...table, partitions };
}

async function anyTable(disk: Volume, sectorBytes: number): Promise<PartitionTable> {
  const whole = {
    kind: 'none',
    partitions: [{ number: 1, startBytes: 0, bytes: disk.bytes }],
    tables: [],
  } as const;
  if (disk.bytes < 2 * sectorBytes) return whole;
  const record = await disk.read(0, 512);
  if (!isBootRecord(record) || isFileSystem(record)) return whole;
  if (partitionEntries(record).some(({ type }) => type === PROTECTIVE_TYPE))
    return readGptTable(disk, sectorBytes);
  return readMbrTable(disk, sectorBytes);
}

/** FAT, NTFS and exFAT name themselves in a boot sector whose code can look like entries of partitions. */
function isFileSystem(record: Buffer): boolean {
  const names = [
    record.toString('latin1', 3, 8),
    record.toString('latin1', 54, 57),
    record.toString('latin1', 82, 85),
  ];
  return ['NTFS ', 'EXFAT'].includes(names[0]!) || names[1] === 'FAT' || names[2] === 'FAT';
}

function assertApart(partitions: readonly DiskPartition[], diskBytes: number): void {
  if (partitions.length > MOST_PARTITIONS) throw new ProtocolError(`it has ${partitions.length} partitions`);
  let end = 0;
  for (const { number, startBytes, bytes } of partitions) {
    if (startBytes < end) throw new ProtocolError(`its partition ${number} overlaps the one before it`);
    end = startBytes + bytes;
    if (end > diskBytes)
      throw new ProtocolError(`its partition ${number} ends at byte ${end} of ${diskBytes}`);
  }
}
