import { ProtocolError } from '../../protocol-error.ts';

/** A partition as `sfdisk --dump` writes it. */
export interface DumpedPartition {
  /** Name of the device without its folder; slashes within it are dashes. */
  readonly device: string;
  readonly startBytes: number;
  readonly bytes: number;
  /** A GUID (GPT) or hexadecimal digits (MBR), in lower case. */
  readonly type: string;
}

export interface DumpedTable {
  readonly kind: 'gpt' | 'mbr';
  readonly sectorBytes: number;
  /** Ascending on the disk; without the empty entries that old dumps have. */
  readonly partitions: readonly DumpedPartition[];
}

const MOST_PARTITIONS = 128;
/** 8 PiB: whatever is larger is no disk, and its bytes would be no safe integer. */
const MOST_SECTORS = 2 ** 44;
const SECTOR_BYTES = 512;

/**
 * Reads the output of `sfdisk --dump`, of today (`type=`, `label:`) and of before util-linux 2.26 (`Id=`, no label).
 * Throws a ProtocolError that names the line.
 */
export function parseSfdiskDump(text: string): DumpedTable {
  const lines = text.split('\n').map((line) => line.trim());
  const label = headOf(lines, 'label') ?? 'dos';
  if (label !== 'gpt' && label !== 'dos')
    throw new ProtocolError(`it describes a table of kind ${quoted(label)}`);
  const sectorBytes = Number(headOf(lines, 'sector-size') ?? SECTOR_BYTES);
  if (sectorBytes !== SECTOR_BYTES)
    throw new ProtocolError(`its sectors have ${sectorBytes} bytes; known are sectors of ${SECTOR_BYTES}`);
  const partitions = lines
    .filter((line) => line.startsWith('/dev/'))
    .map((line) => partitionOf(line, sectorBytes))
    .filter(({ bytes }) => bytes > 0)
    .sort((one, other) => one.startBytes - other.startBytes);
  if (partitions.length === 0) throw new ProtocolError('it names no partition');
  if (partitions.length > MOST_PARTITIONS)
    throw new ProtocolError(`it names ${partitions.length} partitions, at most ${MOST_PARTITIONS} are taken`);
  return { kind: label === 'gpt' ? 'gpt' : 'mbr', sectorBytes, partitions };
}

/** Of a MBR: the partition that the logical ones lie in. */
export function isExtended({ kind }: DumpedTable, { type }: DumpedPartition): boolean {
  return kind === 'mbr' && ['5', 'f', '85'].includes(type);
}

function headOf(lines: readonly string[], name: string): string | undefined {
  return lines
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();
}

function partitionOf(line: string, sectorBytes: number): DumpedPartition {
  const [, device, fields = ''] = /^\/dev\/(\S+)\s*:(.*)$/.exec(line) ?? [];
  if (device === undefined) throw new ProtocolError(`${quoted(line)} is no partition`);
  const type = /(?:type|Id)=\s*([0-9a-f-]+)/i.exec(fields)?.[1];
  if (type === undefined) throw new ProtocolError(`${quoted(line)} has no type`);
  return {
    device: device.replaceAll('/', '-'),
    startBytes: sectorsIn(fields, 'start', line) * sectorBytes,
    bytes: sectorsIn(fields, 'size', line) * sectorBytes,
    type: type.toLowerCase(),
  };
}

function sectorsIn(fields: string, name: string, line: string): number {
  const sectors = Number(new RegExp(`${name}=\\s*(\\d+)`).exec(fields)?.[1] ?? Number.NaN);
  if (sectors <= MOST_SECTORS) return sectors;
  throw new ProtocolError(`${quoted(line)} has no ${name} that a disk can have`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
