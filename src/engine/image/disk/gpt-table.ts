import { ProtocolError } from '../../protocol-error.ts';
import type { PartitionTable } from './disk-partition.ts';
import { decodeGptEntries, decodeGptHeader, entriesBytesOf, type GptPartition } from './gpt-codec.ts';
import type { Volume } from './volume.ts';

/**
 * Reads both copies of a GPT and holds one against the other: a machine with a damaged copy may not start, or may be
 * "repaired" by its firmware. Throws a ProtocolError that says what to do.
 */
export async function readGptTable(disk: Volume, sectorBytes: number): Promise<PartitionTable> {
  const primary = await copyAt(disk, sectorBytes, 1).catch(naming('primary', 'backup'));
  const backup = await copyAt(disk, sectorBytes, primary.header.alternate).catch(naming('backup', 'primary'));
  if (backup.header.alternate !== 1 || backup.header.entriesCrc !== primary.header.entriesCrc)
    throw new ProtocolError(
      'the two copies of its GPT differ; let `sgdisk --verify` and `gdisk` put that right',
    );
  return {
    kind: 'gpt',
    partitions: primary.partitions.map(({ number, first, last, type }) => ({
      number,
      startBytes: first * sectorBytes,
      bytes: (last - first + 1) * sectorBytes,
      type,
    })),
    tables: [{ start: 0, end: 2 * sectorBytes }, primary.entries, backup.entries, backup.sector],
  };
}

async function copyAt(disk: Volume, sectorBytes: number, sector: number) {
  const header = decodeGptHeader(await disk.read(sector * sectorBytes, sectorBytes));
  if (header.own !== sector)
    throw new ProtocolError(`its header says that it stands at sector ${header.own}`);
  const start = header.entries * sectorBytes;
  const bytes = entriesBytesOf(header);
  const partitions: GptPartition[] = decodeGptEntries(header, await disk.read(start, bytes));
  return {
    header,
    partitions,
    sector: { start: sector * sectorBytes, end: (sector + 1) * sectorBytes },
    entries: { start, end: Math.ceil((start + bytes) / sectorBytes) * sectorBytes },
  };
}

function naming(copy: string, other: string): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new ProtocolError(
      `the ${copy} copy of its GPT is damaged: ${cause.message}; \`gdisk\` makes it anew from the ${other} one`,
      { cause },
    );
  };
}
