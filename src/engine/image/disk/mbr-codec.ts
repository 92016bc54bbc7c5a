/** Types of entries (UEFI specification 2.10, section 5.2; extended ones as Linux knows them). */
export const PROTECTIVE_TYPE = 0xee;
const EXTENDED_TYPES: readonly number[] = [0x05, 0x0f, 0x85];
const FIRST_ENTRY = 446;
const ENTRY_BYTES = 16;
const ENTRIES = 4;

/** An entry of a boot record; it is unused where its type or its length is 0. */
export interface MbrEntry {
  /** From 1. */
  readonly number: number;
  /** Byte of the record at which the entry begins. */
  readonly at: number;
  readonly type: number;
  /** Sectors; what they count from depends on the record. */
  readonly first: number;
  readonly sectors: number;
  readonly status: number;
}

/** The four entries of a boot record of at least 512 bytes. */
export function partitionEntries(record: Buffer): MbrEntry[] {
  return Array.from({ length: ENTRIES }, (_, index) => {
    const at = FIRST_ENTRY + index * ENTRY_BYTES;
    return {
      number: index + 1,
      at,
      status: record[at]!,
      type: record[at + 4]!,
      first: record.readUInt32LE(at + 8),
      sectors: record.readUInt32LE(at + 12),
    };
  });
}

/** Whether a record could be an MBR: boot sectors of file systems end in the same two bytes. */
export function isBootRecord(record: Buffer): boolean {
  const entries = partitionEntries(record);
  return (
    record.readUInt16LE(510) === 0xaa55 &&
    entries.every(({ status }) => status === 0x00 || status === 0x80) &&
    entries.some(isUsed)
  );
}

export function isUsed({ type, sectors }: MbrEntry): boolean {
  return type !== 0 && sectors !== 0;
}

/** Whether an entry leads to further records instead of a file system. */
export function isExtended({ type }: MbrEntry): boolean {
  return EXTENDED_TYPES.includes(type);
}
