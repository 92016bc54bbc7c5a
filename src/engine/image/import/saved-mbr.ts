import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import type { TableEntry } from './table-entry.ts';

/** A boot record: its table of four entries of 16 bytes (UEFI specification 2.10, 5.2.1), and its end. */
const MBR_BYTES = 512;
const TABLE_OFFSET = 446;
const ENTRY_BYTES = 16;
const SIGNATURE = 0xaa55;
/** Cylinder, head and sector of what lies beyond their reach. */
const BEYOND_CHS = [0xfe, 0xff, 0xff] as const;
const EXTENDED = 0x05;

/** The four primary partitions of a master boot record, without the empty ones. Throws a ProtocolError. */
export function readSavedMbr(mbr: Buffer, sectorBytes: number): Omit<TableEntry, 'type'>[] {
  if (mbr.length < MBR_BYTES || mbr.readUInt16LE(MBR_BYTES - 2) !== SIGNATURE)
    throw new ProtocolError('it does not end like a master boot record');
  return [1, 2, 3, 4].flatMap((number) => {
    const entry = mbr.subarray(TABLE_OFFSET + (number - 1) * ENTRY_BYTES);
    const sectors = entry.readUInt32LE(12);
    if (entry[4] === 0 || sectors === 0) return [];
    return [{ number, startBytes: entry.readUInt32LE(8) * sectorBytes, bytes: sectors * sectorBytes }];
  });
}

/**
 * The chain of extended boot records for logical partitions: Clonezilla keeps it as text only, and lets sfdisk make it
 * again. The first stands at the start of the extended partition, the others right behind the partition before theirs.
 * Without a logical partition there is one empty record: with none, what is on the machine's disk there would be taken
 * for one.
 * Throws a ProtocolError where a record finds no room.
 */
export function extendedBootRecords(
  extended: TableEntry,
  logical: readonly TableEntry[],
  sectorBytes: number,
): RawRun[] {
  if (logical.length === 0) return [{ diskOffset: extended.startBytes, bytes: emptyRecord() }];
  const places = logical.map((_, place) => {
    const before = logical[place - 1];
    return before ? before.startBytes + before.bytes : extended.startBytes;
  });
  return logical.map((partition, place) => {
    const diskOffset = places[place]!;
    if (
      partition.startBytes < diskOffset + sectorBytes ||
      partition.startBytes + partition.bytes > extended.startBytes + extended.bytes
    )
      throw new ProtocolError(`there is no room for partition ${partition.number} in the extended partition`);
    const bytes = emptyRecord();
    writeEntry(bytes, 0, {
      type: Number.parseInt(partition.type, 16),
      first: (partition.startBytes - diskOffset) / sectorBytes,
      sectors: partition.bytes / sectorBytes,
    });
    const next = logical[place + 1];
    if (next)
      writeEntry(bytes, 1, {
        type: EXTENDED,
        first: (places[place + 1]! - extended.startBytes) / sectorBytes,
        sectors: (next.startBytes + next.bytes - places[place + 1]!) / sectorBytes,
      });
    return { diskOffset, bytes };
  });
}

function emptyRecord(): Buffer {
  const record = Buffer.alloc(MBR_BYTES);
  record.writeUInt16LE(SIGNATURE, MBR_BYTES - 2);
  return record;
}

/** @param entry sectors; of a logical partition from its record on, of the next record from the extended partition on */
function writeEntry(
  record: Buffer,
  place: number,
  entry: { type: number; first: number; sectors: number },
): void {
  const at = TABLE_OFFSET + place * ENTRY_BYTES;
  record.set(BEYOND_CHS, at + 1);
  record.writeUInt8(entry.type, at + 4);
  record.set(BEYOND_CHS, at + 5);
  record.writeUInt32LE(entry.first, at + 8);
  record.writeUInt32LE(entry.sectors, at + 12);
}
