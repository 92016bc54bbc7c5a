import { SECTOR_BYTES } from './partition-table.ts';

/** A FAT16 volume, after Microsoft's "FAT: General Overview of On-Disk Format" 1.03. Sizes in sectors. */
export interface Fat16Geometry {
  readonly sectors: number;
  readonly sectorsPerCluster: number;
  /** One of the two file allocation tables. */
  readonly fatSectors: number;
  readonly clusters: number;
}

/** A file as the volume shows it. */
export interface Fat16File {
  /** Eleven characters: eight of the name and three of the extension, padded with blanks. */
  readonly shortName: string;
  readonly sizeBytes: number;
}

/** A cluster count below the first or above the second makes another kind of FAT (section 3.5). */
const FEWEST_CLUSTERS = 4_085;
const MOST_CLUSTERS = 65_524;
const FIRST_CLUSTER = 2;
const RESERVED_SECTORS = 1;
const FATS = 2;
/** Entries of the root folder; the first one is the volume's label. */
const ROOT_ENTRIES = 512;
const ENTRY_BYTES = 32;
const ROOT_SECTORS = (ROOT_ENTRIES * ENTRY_BYTES) / SECTOR_BYTES;
export const MOST_FILES = ROOT_ENTRIES - 1;

const LABEL = 'GOLDEN     ';
const END_OF_FILE = 0xffff;
/** 1 January 1980: the same disk every time. */
const DATE = 0x21;

/** Throws a RangeError where no FAT16 volume has that size: it is about 2 MiB to 2 GiB. */
export function fat16Geometry(sectors: number): Fat16Geometry {
  for (let sectorsPerCluster = 1; sectorsPerCluster <= 64; sectorsPerCluster *= 2) {
    const fatSectors = Math.ceil(((sectors / sectorsPerCluster + FIRST_CLUSTER) * 2) / SECTOR_BYTES);
    const dataSectors = sectors - RESERVED_SECTORS - FATS * fatSectors - ROOT_SECTORS;
    const clusters = Math.floor(dataSectors / sectorsPerCluster);
    if (clusters >= FEWEST_CLUSTERS && clusters <= MOST_CLUSTERS) {
      return { sectors, sectorsPerCluster, fatSectors, clusters };
    }
  }
  throw new RangeError(`no FAT16 volume has ${sectors} sectors`);
}

export function clusterBytesOf({ sectorsPerCluster }: Fat16Geometry): number {
  return sectorsPerCluster * SECTOR_BYTES;
}

/** Byte of the volume at which the data of the first file starts; the others follow cluster by cluster. */
export function dataOffsetOf({ fatSectors }: Fat16Geometry): number {
  return (RESERVED_SECTORS + FATS * fatSectors + ROOT_SECTORS) * SECTOR_BYTES;
}

/** Everything before the data: boot sector, both tables, root folder. Files lie one after the other. */
export function fat16Head(
  geometry: Fat16Geometry,
  files: readonly Fat16File[],
  hiddenSectors: number,
): Uint8Array {
  const table = Buffer.alloc(geometry.fatSectors * SECTOR_BYTES);
  const root = Buffer.alloc(ROOT_SECTORS * SECTOR_BYTES);
  table.writeUInt16LE(0xfff8, 0);
  table.writeUInt16LE(END_OF_FILE, 2);
  root.set(folderEntry({ shortName: LABEL, sizeBytes: 0 }, 0, 0x08), 0);
  let cluster = FIRST_CLUSTER;
  for (const [index, file] of files.entries()) {
    const next = cluster + Math.ceil(file.sizeBytes / clusterBytesOf(geometry));
    for (let link = cluster; link < next; link++) {
      table.writeUInt16LE(link === next - 1 ? END_OF_FILE : link + 1, link * 2);
    }
    root.set(folderEntry(file, cluster, 0x20), (index + 1) * ENTRY_BYTES);
    cluster = next;
  }
  return Buffer.concat([bootSector(geometry, hiddenSectors), table, table, root]);
}

function bootSector(
  { sectors, sectorsPerCluster, fatSectors }: Fat16Geometry,
  hiddenSectors: number,
): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES);
  sector.set([0xeb, 0x3c, 0x90]);
  sector.write('SWRMBOOT', 3, 'latin1');
  sector.writeUInt16LE(SECTOR_BYTES, 11);
  sector.writeUInt8(sectorsPerCluster, 13);
  sector.writeUInt16LE(RESERVED_SECTORS, 14);
  sector.writeUInt8(FATS, 16);
  sector.writeUInt16LE(ROOT_ENTRIES, 17);
  sector.writeUInt16LE(sectors < 65_536 ? sectors : 0, 19);
  sector.writeUInt8(0xf8, 21);
  sector.writeUInt16LE(fatSectors, 22);
  sector.writeUInt16LE(63, 24);
  sector.writeUInt16LE(255, 26);
  sector.writeUInt32LE(hiddenSectors, 28);
  sector.writeUInt32LE(sectors < 65_536 ? 0 : sectors, 32);
  sector.set([0x80, 0, 0x29], 36);
  sector.writeUInt32LE(0x53_57_42_54, 39);
  sector.write(`${LABEL}FAT16   `, 43, 'latin1');
  sector.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  return sector;
}

function folderEntry({ shortName, sizeBytes }: Fat16File, cluster: number, attributes: number): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.write(shortName, 0, 'latin1');
  entry.writeUInt8(attributes, 11);
  entry.writeUInt16LE(DATE, 16);
  entry.writeUInt16LE(DATE, 18);
  entry.writeUInt16LE(DATE, 24);
  entry.writeUInt16LE(cluster, 26);
  entry.writeUInt32LE(sizeBytes, 28);
  return entry;
}
