export const SECTOR_BYTES = 512;

/** Partition types of an MBR. */
export const PARTITION_TYPES = { NTFS: 0x07, FAT16: 0x0e } as const;
export type FileSystem = keyof typeof PARTITION_TYPES;

export interface Partition {
  readonly fileSystem: FileSystem;
  readonly startSector: number;
  readonly sectors: number;
}

/** Partitions start at 1 MiB, as every partitioning tool has put them since disks have 4 KiB sectors. */
const START_SECTOR = 2_048;

/** @returns the one partition that fills a disk of `diskBytes` */
export function wholeDiskPartition(diskBytes: number, fileSystem: FileSystem): Partition {
  const sectors = Math.floor(diskBytes / SECTOR_BYTES) - START_SECTOR;
  return { fileSystem, startSector: START_SECTOR, sectors };
}

const TABLE_OFFSET = 446;
const DISK_SIGNATURE = 0x53_57_42_54;

/** A master boot record (UEFI specification 2.10, section 5.2.1) with one active partition and no boot code. */
export function masterBootRecord({ fileSystem, startSector, sectors }: Partition): Uint8Array {
  const record = Buffer.alloc(SECTOR_BYTES);
  record.writeUInt32LE(DISK_SIGNATURE, TABLE_OFFSET - 6);
  const [first, last] = [cylinderHeadSector(startSector), cylinderHeadSector(startSector + sectors - 1)];
  record.set([0x80, ...first, PARTITION_TYPES[fileSystem], ...last], TABLE_OFFSET);
  record.writeUInt32LE(startSector, TABLE_OFFSET + 8);
  record.writeUInt32LE(sectors, TABLE_OFFSET + 12);
  record.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  return record;
}

const HEADS = 255;
const SECTORS_PER_TRACK = 63;
const LAST_CYLINDER = 1023;
/** Read the sector number behind it instead. */
const OUT_OF_REACH = [0xfe, 0xff, 0xff];

/** As sfdisk writes them: a table that it restores is then the same, byte for byte. */
function cylinderHeadSector(sector: number): number[] {
  const cylinder = Math.floor(sector / (HEADS * SECTORS_PER_TRACK));
  if (cylinder > LAST_CYLINDER) return OUT_OF_REACH;
  const head = Math.floor(sector / SECTORS_PER_TRACK) % HEADS;
  return [head, ((cylinder >> 8) << 6) | ((sector % SECTORS_PER_TRACK) + 1), cylinder & 0xff];
}
