import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import { ARCHIVE_OF, type FilesFileSystem } from '../manifest.ts';
import { type FilesArchive, openArchive } from './files-archive.ts';
import type { SourceDisk } from './source-disk.ts';
import { endOfTool, startTool } from './system-tool.ts';
import { makeUnpackingFolder } from './unpacking-folder.ts';

const MIB = 2 ** 20;
const SECTOR_BYTES = 512;
/** Before the partition and behind the archive: room for both copies of a GPT. */
const TABLE_BYTES = MIB;
const READ_BYTES = MIB;
/** What a file system needs for itself: a journal and tables, and a share so that it is not full from the start. */
const OWN_BYTES = 128 * MIB;
const OWN_SHARE = 0.25;
/** What an entry takes beside its bytes: the end of its last cluster, its record in the MFT or its inode, its name. */
const ENTRY_BYTES = 5 * 1024;
/** Types of partitions: Microsoft basic data, Linux file system (UEFI; Discoverable Partitions Specification). */
const PARTITION_TYPE: Readonly<Record<FilesFileSystem, string>> = {
  ntfs: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
  ext4: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
};
const SFDISK = { command: 'sfdisk', debianPackage: 'fdisk' };

/** What a machine is to make of the files. */
export interface FilesWishes {
  readonly fileSystem: FilesFileSystem;
  /** Bytes of the partition. Default: what the files take and a quarter, and 128 MiB. */
  readonly volumeBytes?: number | undefined;
}

/**
 * Files as a disk: a GPT, one partition whose file system the machine makes anew, and behind it the archive, which the
 * machine unpacks from there. So the archive needs neither memory nor a way of its own: it travels, is read back and is
 * found again after a power cut as every other chunk.
 */
export async function openFiles(
  source: string,
  wishes: FilesWishes & { readonly scratchFolder: string; readonly signal: AbortSignal },
): Promise<SourceDisk> {
  const { fileSystem, volumeBytes, scratchFolder, signal } = wishes;
  const folder = await makeUnpackingFolder(scratchFolder);
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const archive = await openArchive(source, { fileSystem, folder, signal });
    const takenBytes = archive.unpackedBytes + archive.entries * ENTRY_BYTES;
    const bytes = volumeBytes ?? inMib(takenBytes * (1 + OWN_SHARE) + OWN_BYTES);
    if (bytes < archive.unpackedBytes)
      throw new ConfigError('--volume', `the files have ${archive.unpackedBytes} bytes, and it has ${bytes}`);
    const archiveAt = TABLE_BYTES + bytes;
    const diskBytes = inMib(archiveAt + archive.bytes) + TABLE_BYTES;
    const table = join(folder, 'table.img');
    await makeTable(table, { fileSystem, bytes, diskBytes });
    return {
      disk: { bytes: diskBytes, sectorBytes: SECTOR_BYTES },
      table: 'gpt',
      partitions: [
        { number: 1, startBytes: TABLE_BYTES, bytes, fileSystem, copied: 'created', usedBytes: 0 },
      ],
      files: {
        archive: ARCHIVE_OF[fileSystem],
        startBytes: archiveAt,
        bytes: archive.bytes,
        entries: archive.entries,
      },
      tools: {},
      rawBytes: 2 * TABLE_BYTES + archive.bytes,
      runs: (stop) => runsOf(archive, { table, archiveAt, diskBytes }, stop),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function inMib(bytes: number): number {
  return Math.ceil(bytes / MIB) * MIB;
}

interface TableWishes {
  readonly fileSystem: FilesFileSystem;
  readonly bytes: number;
  readonly diskBytes: number;
}

async function makeTable(file: string, { fileSystem, bytes, diskBytes }: TableWishes): Promise<void> {
  const disk = await open(file, 'wx');
  await disk.truncate(diskBytes).finally(() => disk.close());
  const child = startTool(SFDISK, ['--quiet', file]);
  const end = endOfTool(SFDISK, child);
  const entry = `start=${TABLE_BYTES / SECTOR_BYTES}, size=${bytes / SECTOR_BYTES}, type=${PARTITION_TYPE[fileSystem]}`;
  // A program that is missing reads nothing; its end says so.
  child.stdin?.on('error', () => {}).end(`label: gpt\n${entry}\n`);
  const { status, complaint } = await end;
  if (status !== 0) throw new ProtocolError(complaint || `sfdisk ended with ${status}`);
}

interface Places {
  readonly table: string;
  readonly archiveAt: number;
  readonly diskBytes: number;
}

async function* runsOf(
  archive: FilesArchive,
  { table, archiveAt, diskBytes }: Places,
  signal: AbortSignal,
): AsyncGenerator<RawRun> {
  const backup = diskBytes - TABLE_BYTES;
  yield* runsOfFile(table, { start: 0, end: TABLE_BYTES, diskOffset: 0 }, signal);
  yield* runsOfFile(archive.file, { start: 0, end: archive.bytes, diskOffset: archiveAt }, signal);
  yield* runsOfFile(table, { start: backup, end: diskBytes, diskOffset: backup }, signal);
}

async function* runsOfFile(
  file: string,
  { start, end, diskOffset }: { start: number; end: number; diskOffset: number },
  signal: AbortSignal,
): AsyncGenerator<RawRun> {
  let done = 0;
  for await (const read of createReadStream(file, {
    start,
    end: end - 1,
    highWaterMark: READ_BYTES,
    signal,
  })) {
    const bytes = read as Buffer;
    yield { diskOffset: diskOffset + done, bytes };
    done += bytes.length;
  }
  const rest = end - start - done;
  if (rest > 0) throw new ProtocolError(`${file} became shorter while it was read`);
  // Disks are written in sectors.
  const padding = Math.ceil(done / SECTOR_BYTES) * SECTOR_BYTES - done;
  if (padding > 0) yield { diskOffset: diskOffset + done, bytes: Buffer.alloc(padding) };
}
