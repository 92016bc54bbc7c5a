import { crc32 } from 'node:zlib';
import { ProtocolError } from '../../protocol-error.ts';

/** UEFI specification 2.10, section 5.3.2. */
const SIGNATURE = 'EFI PART';
const HEADER_BYTES = 92;
const SMALLEST_ENTRY_BYTES = 128;
/** All entries: usual are 128 of 128 bytes, 16 KiB. */
const MOST_ENTRY_BYTES = 2 ** 20;

/** Places are sectors (LBA). */
export interface GptHeader {
  /** Where this header stands, and where the other. */
  readonly own: number;
  readonly alternate: number;
  readonly firstUsable: number;
  readonly lastUsable: number;
  readonly entries: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesCrc: number;
}

export interface GptPartition {
  /** From 1, as the place among the entries. */
  readonly number: number;
  readonly first: number;
  /** The last sector that belongs to it. */
  readonly last: number;
  /** A GUID as people write it, in capitals. */
  readonly type: string;
}

/** Throws a ProtocolError where the sector is no header, or its checksum is wrong. */
export function decodeGptHeader(sector: Buffer): GptHeader {
  if (sector.toString('latin1', 0, 8) !== SIGNATURE) throw new ProtocolError('it is no header of a GPT');
  const headerBytes = sector.readUInt32LE(12);
  if (headerBytes < HEADER_BYTES || headerBytes > sector.length)
    throw new ProtocolError(`its header has ${headerBytes} bytes`);
  if (headerCrc(sector, headerBytes) !== sector.readUInt32LE(16))
    throw new ProtocolError('the checksum of its header is wrong');
  const header = {
    own: sectorAt(sector, 24),
    alternate: sectorAt(sector, 32),
    firstUsable: sectorAt(sector, 40),
    lastUsable: sectorAt(sector, 48),
    entries: sectorAt(sector, 72),
    entryCount: sector.readUInt32LE(80),
    entryBytes: sector.readUInt32LE(84),
    entriesCrc: sector.readUInt32LE(88),
  };
  if (header.entryBytes < SMALLEST_ENTRY_BYTES || header.entryCount * header.entryBytes > MOST_ENTRY_BYTES)
    throw new ProtocolError(`it has ${header.entryCount} entries of ${header.entryBytes} bytes`);
  return header;
}

/**
 * The header with other places and its checksum made anew; what else it says stays as it is.
 * @param sector a header that `decodeGptHeader` takes
 */
export function movedGptHeader(
  sector: Buffer,
  places: Pick<GptHeader, 'own' | 'alternate' | 'lastUsable' | 'entries'>,
): Buffer {
  const moved = Buffer.from(sector);
  moved.writeBigUInt64LE(BigInt(places.own), 24);
  moved.writeBigUInt64LE(BigInt(places.alternate), 32);
  moved.writeBigUInt64LE(BigInt(places.lastUsable), 48);
  moved.writeBigUInt64LE(BigInt(places.entries), 72);
  moved.writeUInt32LE(headerCrc(moved, moved.readUInt32LE(12)), 16);
  return moved;
}

/** Bytes of all entries together. */
export function entriesBytesOf({ entryCount, entryBytes }: GptHeader): number {
  return entryCount * entryBytes;
}

/** Throws a ProtocolError where the checksum of the entries is wrong or a partition ends before it begins. */
export function decodeGptEntries(header: GptHeader, bytes: Buffer): GptPartition[] {
  if (crc32(bytes) !== header.entriesCrc) throw new ProtocolError('the checksum of its entries is wrong');
  const numbers = Array.from({ length: header.entryCount }, (_, index) => index + 1);
  return numbers
    .filter((number) => !isUnused(bytes, (number - 1) * header.entryBytes))
    .map((number) => {
      const at = (number - 1) * header.entryBytes;
      const [first, last] = [sectorAt(bytes, at + 32), sectorAt(bytes, at + 40)];
      if (last < first) throw new ProtocolError(`its partition ${number} ends before it begins`);
      return { number, first, last, type: guidText(bytes.subarray(at, at + 16)) };
    });
}

function headerCrc(sector: Buffer, headerBytes: number): number {
  const header = Buffer.from(sector.subarray(0, headerBytes));
  header.writeUInt32LE(0, 16);
  return crc32(header);
}

function sectorAt(bytes: Buffer, at: number): number {
  const sector = bytes.readBigUInt64LE(at);
  // Its byte offset has to be exact, too.
  if (sector > 2n ** 40n) throw new ProtocolError(`it leads to sector ${sector}`);
  return Number(sector);
}

/** Its first three fields are little-endian (UEFI specification 2.10, appendix A). */
function guidText(bytes: Buffer): string {
  const fields = [
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8, 10),
    bytes.subarray(10, 16),
  ];
  return fields.map((field) => field.toString('hex').toUpperCase()).join('-');
}

/** The type of partition is nothing but zeros. */
function isUnused(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + 16).every((byte) => byte === 0);
}
