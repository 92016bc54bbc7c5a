import { crc32 } from 'node:zlib';
import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import type { TableEntry } from './table-entry.ts';

/** What a saved GUID partition table says, and its second copy. */
export interface SavedGpt {
  readonly diskBytes: number;
  readonly entries: readonly Omit<TableEntry, 'type'>[];
  /** For the end of the disk. */
  readonly backup: RawRun;
}

/** UEFI specification 2.10, 5.3: offsets in the header, in bytes. */
const HEADER = {
  bytes: 12,
  crc: 16,
  ownSector: 24,
  otherSector: 32,
  entriesSector: 72,
  entries: 80,
  entryBytes: 84,
  entriesCrc: 88,
} as const;
const LEAST_HEADER_BYTES = 92;
/** The specification reserves 16 KiB, 128 entries; whatever has more than this many is no table. */
const MOST_ENTRIES = 1024;
/** Larger disks have no safe integers as offsets. */
const MOST_SECTORS = 2n ** 44n;

/**
 * Reads the first sectors of a disk, protective MBR included, and makes the second copy of the table: what Clonezilla
 * keeps of that (`dd skip=$((sectors-32)) count=33`) lacks its first sector, with the first four partitions.
 * Throws a ProtocolError where a checksum is wrong or something is missing.
 */
export function readSavedGpt(sectors: Buffer, sectorBytes: number): SavedGpt {
  if (
    sectors.length < 2 * sectorBytes ||
    sectors.toString('latin1', sectorBytes, sectorBytes + 8) !== 'EFI PART'
  )
    throw new ProtocolError('it has no GUID partition table in its second sector');
  const header = headerAt(sectors, sectorBytes);
  const entries = entriesOf(sectors, header, sectorBytes);
  const diskSectors = sectorAt(header, HEADER.otherSector) + 1;
  const entryBytes = header.readUInt32LE(HEADER.entryBytes);
  return {
    diskBytes: diskSectors * sectorBytes,
    entries: [...partitionsIn(entries, entryBytes, sectorBytes)],
    backup: backupOf({ header, entries, diskSectors, sectorBytes }),
  };
}

function headerAt(sectors: Buffer, sectorBytes: number): Buffer {
  const bytes = sectors.readUInt32LE(sectorBytes + HEADER.bytes);
  if (bytes < LEAST_HEADER_BYTES || bytes > sectorBytes)
    throw new ProtocolError(`its header has ${bytes} bytes`);
  const header = sectors.subarray(sectorBytes, sectorBytes + bytes);
  if (header.readUInt32LE(HEADER.crc) !== headerCrc(header))
    throw new ProtocolError('the checksum of its header is wrong');
  if (sectorAt(header, HEADER.ownSector) !== 1)
    throw new ProtocolError('it is not the first copy of the table');
  return header;
}

/** The field of the checksum itself counts as zero. */
function headerCrc(header: Buffer): number {
  return crc32(Buffer.from(header).fill(0, HEADER.crc, HEADER.crc + 4));
}

function entriesOf(sectors: Buffer, header: Buffer, sectorBytes: number): Buffer {
  const count = header.readUInt32LE(HEADER.entries);
  const bytes = header.readUInt32LE(HEADER.entryBytes);
  if (count === 0 || count > MOST_ENTRIES || bytes < 128 || bytes > 4096)
    throw new ProtocolError(`it has ${count} entries of ${bytes} bytes`);
  const start = sectorAt(header, HEADER.entriesSector) * sectorBytes;
  const entries = sectors.subarray(start, start + count * bytes);
  if (start < 2 * sectorBytes || entries.length < count * bytes)
    throw new ProtocolError(`it ends within the ${count} entries of its table`);
  if (crc32(entries) !== header.readUInt32LE(HEADER.entriesCrc))
    throw new ProtocolError('the checksum of its entries is wrong');
  return entries;
}

/** An entry whose type is all zeros is not in use. */
function* partitionsIn(
  entries: Buffer,
  entryBytes: number,
  sectorBytes: number,
): Generator<SavedGpt['entries'][number]> {
  for (let at = 0; at < entries.length; at += entryBytes) {
    const entry = entries.subarray(at, at + entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const first = sectorAt(entry, 32);
    const last = sectorAt(entry, 40);
    yield {
      number: at / entryBytes + 1,
      startBytes: first * sectorBytes,
      bytes: (last - first + 1) * sectorBytes,
    };
  }
}

function backupOf(table: {
  header: Buffer;
  entries: Buffer;
  diskSectors: number;
  sectorBytes: number;
}): RawRun {
  const { header, entries, diskSectors, sectorBytes } = table;
  const entrySectors = Math.ceil(entries.length / sectorBytes);
  const bytes = Buffer.alloc((entrySectors + 1) * sectorBytes);
  const first = diskSectors - entrySectors - 1;
  entries.copy(bytes);
  const copy = bytes.subarray(entrySectors * sectorBytes, entrySectors * sectorBytes + header.length);
  header.copy(copy);
  copy.writeBigUInt64LE(BigInt(diskSectors - 1), HEADER.ownSector);
  copy.writeBigUInt64LE(1n, HEADER.otherSector);
  copy.writeBigUInt64LE(BigInt(first), HEADER.entriesSector);
  copy.writeUInt32LE(headerCrc(copy), HEADER.crc);
  return { diskOffset: first * sectorBytes, bytes };
}

function sectorAt(bytes: Buffer, at: number): number {
  const sector = bytes.readBigUInt64LE(at);
  if (sector > MOST_SECTORS) throw new ProtocolError(`it names sector ${sector}`);
  return Number(sector);
}
