import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import type { ImagePartition } from '../manifest.ts';
import { readClonezillaFolder, readFrameFiles, readJoined } from './clonezilla-folder-reader.ts';
import { clonezillaLayoutOf, type SavedPartition } from './clonezilla-layout.ts';
import { decompressed } from './decompression.ts';
import { type DiskFrame, diskFrameOf } from './disk-frame.ts';
import { ntfsBootSectorCopy } from './ntfs-boot-sector.ts';
import { isPartclone, MAGIC_BYTES } from './partclone-header.ts';
import { PartcloneParser } from './partclone-parser.ts';
import type { PartitionParser, PartitionRun } from './partition-parser.ts';
import type { SavedStream } from './saved-stream.ts';
import type { SourceDisk } from './source-disk.ts';
import { swapHeader } from './swap-header.ts';
import { WholePartitionParser } from './whole-partition-parser.ts';

/** No disk has larger ones. */
const MOST_SECTOR_BYTES = 4096;

/**
 * The disk in a folder that Clonezilla wrote. Every stream is begun once to learn what is in use, and read from its
 * start again when its turn comes. Throws a ProtocolError that names the file at fault.
 */
export async function openClonezillaDisk(folder: string): Promise<SourceDisk> {
  const files = await readClonezillaFolder(folder);
  const layout = clonezillaLayoutOf(files);
  const frame = diskFrameOf(layout, await readFrameFiles(folder, files, layout.disk));
  const partitions: ImagePartition[] = [];
  for (const partition of layout.partitions) partitions.push(await described(folder, partition));
  const used = partitions.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  return {
    disk: { bytes: frame.diskBytes, sectorBytes: layout.sectorBytes },
    table: layout.table,
    partitions: partitions.sort((one, other) => one.number - other.number),
    tools: {},
    rawBytes: used + frame.runs.reduce((sum, { bytes }) => sum + bytes.length, 0),
    runs: (signal) => runsOf({ folder, partitions: layout.partitions, frame }, signal),
    close: async () => {},
  };
}

async function described(folder: string, partition: SavedPartition): Promise<ImagePartition> {
  const { number, startBytes, bytes, fileSystem, uuid, label, stream } = partition;
  const copied = stream === undefined ? 'created' : stream.form === 'whole' ? 'whole' : 'used';
  return {
    number,
    startBytes,
    bytes,
    fileSystem,
    copied,
    usedBytes: stream === undefined ? swapHeader(partition).length : await usedBytesIn(folder, stream, bytes),
    ...(uuid !== undefined && { uuid }),
    ...(label !== undefined && { label }),
  };
}

async function usedBytesIn(folder: string, stream: SavedStream, partitionBytes: number): Promise<number> {
  for await (const { usedBytes } of partsOf(folder, stream, partitionBytes))
    if (usedBytes !== undefined) return usedBytes;
  return 0;
}

/** Boot code and tables, and between them the partitions, by their place on the disk. */
async function* runsOf(
  { folder, partitions, frame }: { folder: string; partitions: readonly SavedPartition[]; frame: DiskFrame },
  signal: AbortSignal,
): AsyncGenerator<RawRun> {
  const pieces = [
    ...frame.runs.map((run) => ({ at: run.diskOffset, runs: [run] })),
    ...partitions.map((partition) => ({
      at: partition.startBytes,
      runs: partition.stream ? partitionRuns(folder, partition, partition.stream) : [swapRun(partition)],
    })),
  ].sort((one, other) => one.at - other.at);
  for (const { runs } of pieces)
    for await (const run of runs) {
      signal.throwIfAborted();
      yield run;
    }
}

function swapRun(partition: SavedPartition): RawRun {
  return { diskOffset: partition.startBytes, bytes: swapHeader(partition) };
}

async function* partitionRuns(
  folder: string,
  { startBytes, bytes: partitionBytes, fileSystem }: SavedPartition,
  stream: SavedStream,
): AsyncGenerator<RawRun> {
  // The first bytes may come in several runs.
  const start = Buffer.alloc(MOST_SECTOR_BYTES);
  let end = 0;
  for await (const { runs } of partsOf(folder, stream, partitionBytes))
    for (const { offset, bytes } of runs) {
      if (offset < start.length) start.set(bytes.subarray(0, start.length - offset), offset);
      end = offset + bytes.length;
      yield { diskOffset: startBytes + offset, bytes };
    }
  const copy = fileSystem === 'ntfs' ? ntfsBootSectorCopy(start, { end, partitionBytes }) : undefined;
  if (copy) yield { diskOffset: startBytes + copy.offset, bytes: copy.bytes };
}

/** What a part of a saved partition tells; `runs` have to be taken before the next part. */
interface SavedPart {
  readonly usedBytes: number | undefined;
  readonly runs: Iterable<PartitionRun>;
}

async function* partsOf(
  folder: string,
  stream: SavedStream,
  partitionBytes: number,
): AsyncGenerator<SavedPart> {
  let parser: PartitionParser | undefined;
  try {
    for await (const bytes of withMagicFirst(
      decompressed(readJoined(folder, stream.files), stream.compression),
    )) {
      parser ??= parserFor(stream, bytes, partitionBytes);
      const runs = [...parser.push(bytes)];
      yield { usedBytes: parser.usedBytes, runs };
    }
    parser ??= parserFor(stream, new Uint8Array(0), partitionBytes);
    parser.end();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const place = parser && parser.position > 0 ? `byte ${parser.position} of the stream: ` : '';
    throw new ProtocolError(`${stream.files[0]}: ${place}${cause.message}`, { cause });
  }
}

/** partclone.dd and dd write a partition as it is, partclone.imager an image with all blocks: by name they are one. */
function parserFor({ form }: SavedStream, bytes: Uint8Array, partitionBytes: number): PartitionParser {
  if (form === 'whole' && !isPartclone(bytes)) return new WholePartitionParser(partitionBytes);
  return new PartcloneParser(partitionBytes);
}

/** The first part has all bytes that tell what it is, if there are so many. */
async function* withMagicFirst(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | undefined = new Uint8Array(0);
  for await (const bytes of source) {
    if (first === undefined) yield bytes;
    else {
      first = Buffer.concat([first, bytes]);
      if (first.length < MAGIC_BYTES) continue;
      yield first;
      first = undefined;
    }
  }
  if (first !== undefined && first.length > 0) yield first;
}
