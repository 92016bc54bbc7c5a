import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from './byte-ranges.ts';
import type { DiskPartition, PartitionTable } from './disk-partition.ts';
import { isExtended, isUsed, type MbrEntry, partitionEntries } from './mbr-codec.ts';
import type { Volume } from './volume.ts';

/** Boot loaders sit between the MBR and the first partition, which begins at 1 MiB or at sector 63 in the old days. */
const MOST_BOOT_CODE_BYTES = 2 ** 20;
/** Linux stops counting logical partitions there, too. */
const MOST_RECORDS = 124;

/** Reads an MBR and the chain of boot records of its extended partition. Throws a ProtocolError. */
export async function readMbrTable(disk: Volume, sectorBytes: number): Promise<PartitionTable> {
  const entries = partitionEntries(await disk.read(0, 512)).filter(isUsed);
  const primary = entries
    .filter((entry) => !isExtended(entry))
    .map((entry) => partitionOf(entry, entry.number, { from: 0, sectorBytes }));
  const logical = { partitions: [] as DiskPartition[], records: [] as ByteRange[] };
  for (const { first } of entries.filter(isExtended)) {
    const chain = await chainOf({ disk, sectorBytes, start: first, number: 5 + logical.partitions.length });
    logical.partitions.push(...chain.partitions);
    logical.records.push(...chain.records);
  }
  const partitions = [...primary, ...logical.partitions];
  const starts = [
    ...partitions.map(({ startBytes }) => startBytes),
    ...logical.records.map(({ start }) => start),
  ];
  const bootCode = { start: 0, end: Math.max(sectorBytes, Math.min(MOST_BOOT_CODE_BYTES, ...starts)) };
  return { kind: 'mbr', partitions, tables: [bootCode, ...logical.records] };
}

interface Chain {
  readonly disk: Volume;
  readonly sectorBytes: number;
  /** Sector of the first record. */
  readonly start: number;
  /** Of the first logical partition in it. */
  readonly number: number;
}

/** Each record has one logical partition, counted from the record, and leads to the next, counted from the first. */
async function chainOf({ disk, sectorBytes, start, number }: Chain) {
  const partitions: DiskPartition[] = [];
  const records: ByteRange[] = [];
  let at: number | undefined = start;
  while (at !== undefined) {
    if (records.length === MOST_RECORDS)
      throw new ProtocolError('its chain of logical partitions has no end');
    const record = await disk.read(at * sectorBytes, sectorBytes);
    if (record.readUInt16LE(510) !== 0xaa55)
      throw new ProtocolError(
        `its chain of logical partitions leads to sector ${at}, which is no boot record`,
      );
    records.push({ start: at * sectorBytes, end: (at + 1) * sectorBytes });
    const [own, next] = partitionEntries(record);
    if (isUsed(own!))
      partitions.push(partitionOf(own!, number + partitions.length, { from: at, sectorBytes }));
    at = isUsed(next!) && isExtended(next!) ? start + next!.first : undefined;
  }
  return { partitions, records };
}

function partitionOf(
  { first, sectors, type }: MbrEntry,
  number: number,
  { from, sectorBytes }: { from: number; sectorBytes: number },
): DiskPartition {
  return {
    number,
    startBytes: (from + first) * sectorBytes,
    bytes: sectors * sectorBytes,
    type: type.toString(16),
  };
}
