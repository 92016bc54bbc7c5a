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
  for (const extended of entries.filter(isExtended)) {
    const chain = await chainOf({ disk, sectorBytes, extended, number: 5 + logical.partitions.length });
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
  /** It begins with the first record. */
  readonly extended: Pick<MbrEntry, 'first' | 'sectors'>;
  /** Of the first logical partition in it. */
  readonly number: number;
}

/**
 * Each record has logical partitions, as a rule one, counted from the record, and leads to the next, counted from the
 * first record. Which of its entries is what is taken as Linux takes it (block/partitions/msdos.c, parse_extended).
 */
async function chainOf({ disk, sectorBytes, extended, number }: Chain) {
  const partitions: DiskPartition[] = [];
  const records: ByteRange[] = [];
  let part: Chain['extended'] | undefined = extended;
  while (part !== undefined) {
    const at: number = part.first;
    if (records.length === MOST_RECORDS)
      throw new ProtocolError('its chain of logical partitions has no end');
    const record = await disk.read(at * sectorBytes, sectorBytes);
    if (record.readUInt16LE(510) !== 0xaa55)
      throw new ProtocolError(
        `its chain of logical partitions leads to sector ${at}, which is no boot record`,
      );
    records.push({ start: at * sectorBytes, end: (at + 1) * sectorBytes });
    const used = partitionEntries(record).filter(isUsed);
    for (const entry of used.filter((each) => isLogical(each, part!, extended)))
      partitions.push(partitionOf(entry, number + partitions.length, { from: at, sectorBytes }));
    const next = used.find(isExtended);
    part = next && { first: extended.first + next.first, sectors: next.sectors };
  }
  return { partitions, records };
}

/** In the third and fourth entry there may be anything: they count where they lie within their part and within all. */
function isLogical(entry: MbrEntry, part: Chain['extended'], extended: Chain['extended']): boolean {
  if (isExtended(entry)) return false;
  const end = entry.first + entry.sectors;
  return entry.number <= 2 || (end <= part.sectors && part.first + end <= extended.first + extended.sectors);
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
