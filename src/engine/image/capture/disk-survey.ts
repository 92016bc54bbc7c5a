import { ConfigError } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import {
  type ByteRange,
  bytesOfRanges,
  mergedRanges,
  rangesBefore,
  shiftedRanges,
} from '../disk/byte-ranges.ts';
import type { DiskPartition, PartitionTable } from '../disk/disk-partition.ts';
import { assertNotDynamic } from '../disk/dynamic-disk.ts';
import { readPartitionTable } from '../disk/partition-table.ts';
import { partOf, type Volume } from '../disk/volume.ts';
import { containerOf } from '../file-system/container-of.ts';
import type { FileSystem } from '../file-system/file-system.ts';
import { fileSystemOf } from '../file-system/file-system-of.ts';
import { SpreadVolumeError } from '../file-system/spread-volume-error.ts';
import { type ImagePartition, LONGEST_LABEL } from '../manifest.ts';

/** What is on a disk, and which bytes of it a golden image holds. */
export interface DiskSurvey {
  readonly table: PartitionTable['kind'];
  readonly partitions: readonly ImagePartition[];
  /** Bytes of the disk, in whole sectors, ascending and apart from each other: tables, boot code, what is in use. */
  readonly used: readonly ByteRange[];
}

export interface SurveyWishes {
  readonly sectorBytes: number;
  /** Numbers of partitions to copy whole, whatever is on them. */
  readonly whole: readonly number[];
}

/**
 * Reads table and allocation maps of a disk.
 * Throws a ConfigError that says what to do where one cannot be believed.
 */
export async function surveyDisk(disk: Volume, { sectorBytes, whole }: SurveyWishes): Promise<DiskSurvey> {
  const table = await basicTable(disk, sectorBytes).catch(asMistake('the disk', ''));
  assertKnown(whole, table.partitions);
  const surveys: PartitionSurvey[] = [];
  for (const partition of table.partitions)
    surveys.push(await surveyPartition(disk, partition, whole.includes(partition.number)));
  const used = [...table.tables, ...surveys.flatMap((survey) => survey.used)];
  return {
    table: table.kind,
    partitions: surveys.map(({ described }) => described),
    used: rangesBefore(mergedRanges(used.map((range) => inSectors(range, sectorBytes))), disk.bytes),
  };
}

async function basicTable(disk: Volume, sectorBytes: number): Promise<PartitionTable> {
  const table = await readPartitionTable(disk, sectorBytes);
  assertNotDynamic(table.partitions);
  return table;
}

interface PartitionSurvey {
  readonly described: ImagePartition;
  /** Bytes of the disk. */
  readonly used: readonly ByteRange[];
}

async function surveyPartition(
  disk: Volume,
  partition: DiskPartition,
  isWhole: boolean,
): Promise<PartitionSurvey> {
  const { number, startBytes, bytes } = partition;
  const volume = partOf(disk, startBytes, bytes);
  const container = await containerOf(volume);
  if (isWhole) await assertAwake(volume, number);
  const fileSystem = isWhole || container ? null : await cleanFileSystem(volume, number);
  const used = fileSystem ? mergedRanges(fileSystem.used) : [{ start: 0, end: bytes }];
  const { name = container ?? 'unknown', uuid, label } = fileSystem ?? {};
  return {
    used: shiftedRanges(used, startBytes),
    described: {
      number,
      startBytes,
      bytes,
      fileSystem: name,
      copied: fileSystem ? (name === 'swap' ? 'created' : 'used') : 'whole',
      usedBytes: bytesOfRanges(used),
      ...(uuid !== undefined && { uuid }),
      // File systems allow more than a manifest does.
      ...(label !== undefined && { label: label.slice(0, LONGEST_LABEL) }),
    },
  };
}

async function cleanFileSystem(volume: Volume, number: number): Promise<FileSystem | null> {
  const otherwise = `, or copy it whole with \`--whole ${number}\``;
  const fileSystem = await fileSystemOf(volume).catch(asMistake(`partition ${number}`, otherwise));
  if (fileSystem?.unclean === undefined) return fileSystem;
  throw uncleanMistake(fileSystem, number, isAsleep(fileSystem) ? '' : otherwise);
}

async function assertAwake(volume: Volume, number: number): Promise<void> {
  const fileSystem = await fileSystemOf(volume).catch((cause) => {
    if (!(cause instanceof ProtocolError)) throw cause;
    return null;
  });
  if (fileSystem && isAsleep(fileSystem)) throw uncleanMistake(fileSystem, number);
}

/** Woken from a copy, it writes to file systems that are no longer as it knows them. */
function isAsleep({ name, unclean }: FileSystem): boolean {
  return name === 'swap' && unclean !== undefined;
}

function uncleanMistake({ name, unclean }: FileSystem, number: number, otherwise = ''): ConfigError {
  return new ConfigError('disk', `partition ${number} (${name}): ${unclean}${otherwise}`);
}

function assertKnown(whole: readonly number[], partitions: readonly DiskPartition[]): void {
  const unknown = whole.find((number) => !partitions.some((partition) => partition.number === number));
  if (unknown === undefined) return;
  const known = partitions.map(({ number }) => number).join(', ');
  throw new ConfigError('--whole', `there is no partition ${unknown}; there is ${known || 'none'}`);
}

/** What is wrong with a disk is for the person to put right who gave it. */
function asMistake(what: string, otherwise: string): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof ProtocolError)) throw cause;
    const remedy = cause instanceof SpreadVolumeError ? '; a golden image is made of one disk' : otherwise;
    throw new ConfigError('disk', `${what} cannot be captured: ${cause.message}${remedy}`, { cause });
  };
}

/** Disks are read and written in sectors. */
function inSectors({ start, end }: ByteRange, sectorBytes: number): ByteRange {
  return {
    start: Math.floor(start / sectorBytes) * sectorBytes,
    end: Math.ceil(end / sectorBytes) * sectorBytes,
  };
}
