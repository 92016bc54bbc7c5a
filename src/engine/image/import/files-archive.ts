import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ProtocolError } from '../../protocol-error.ts';
import { ARCHIVE_OF, type FilesFileSystem } from '../manifest.ts';
import { decompressed } from './decompression.ts';
import { linesOfTool, outputOfTool } from './system-tool.ts';

/** A WIM begins so (Microsoft, "Windows Imaging File Format"). */
const WIM_MAGIC = 'MSWIM\0\0\0';
/** POSIX.1-1988: the magic of a tar header, at byte 257. */
const TAR_MAGIC = 'ustar';
const TAR_MAGIC_AT = 257;
const ZSTD_MAGIC = '28b52ffd';

const WIMLIB = { debianPackage: 'wimtools' };
const TAR = { command: 'tar', debianPackage: 'tar' };

/** An archive that was read through once and is whole. */
export interface FilesArchive {
  readonly file: string;
  readonly bytes: number;
  /** Of the files in it. */
  readonly unpackedBytes: number;
  /** Files, folders and links. */
  readonly entries: number;
}

export interface ArchiveWishes {
  readonly fileSystem: FilesFileSystem;
  /** For what has to be made first. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A WIM for NTFS, a tar archive for Linux; a folder is packed. Throws a ProtocolError, a RunFailure (`MISSING_TOOL`). */
export async function openArchive(source: string, wishes: ArchiveWishes): Promise<FilesArchive> {
  const file = await plainArchive(source, wishes);
  const { size: bytes } = await stat(file);
  const kind = ARCHIVE_OF[wishes.fileSystem];
  const found = await kindOf(file);
  if (found !== kind)
    throw new ProtocolError(
      `it is ${found ? `a ${found} archive` : 'neither a WIM nor a tar archive'}; ${wishes.fileSystem} is filled from a ${kind} archive or a folder`,
    );
  if (kind === 'wim') return { file, bytes, ...(await contentOfWim(file, wishes.signal)) };
  const entries = await linesOfTool(TAR, ['--list', '--file', file], wishes.signal);
  return { file, bytes, unpackedBytes: bytes, entries };
}

async function plainArchive(source: string, { fileSystem, folder, signal }: ArchiveWishes): Promise<string> {
  const kind = ARCHIVE_OF[fileSystem];
  const made = join(folder, `files.${kind}`);
  if ((await stat(source)).isDirectory()) {
    // Chunks are compressed on their way: a WIM that is, too, would only cost time.
    if (kind === 'wim')
      await outputOfTool(
        { ...WIMLIB, command: 'wimcapture' },
        [source, made, '--compress=none', '--check'],
        signal,
      );
    else
      await outputOfTool(
        TAR,
        ['--create', '--file', made, '--numeric-owner', '--acls', '--xattrs', '--directory', source, '.'],
        signal,
      );
    return made;
  }
  if ((await startOf(source)).toString('hex', 0, 4) !== ZSTD_MAGIC) return source;
  await pipeline(decompressed(createReadStream(source), 'zst'), createWriteStream(made), { signal });
  return made;
}

async function kindOf(file: string): Promise<'wim' | 'tar' | undefined> {
  const start = (await startOf(file)).toString('latin1');
  if (start.startsWith(WIM_MAGIC)) return 'wim';
  return start.startsWith(TAR_MAGIC, TAR_MAGIC_AT) ? 'tar' : undefined;
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(512), { position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What `wiminfo` says of the one image in it, once `wimverify` has found all of it in order. */
async function contentOfWim(
  file: string,
  signal: AbortSignal,
): Promise<Pick<FilesArchive, 'unpackedBytes' | 'entries'>> {
  const about = await outputOfTool({ ...WIMLIB, command: 'wiminfo' }, [file], signal);
  const numberOf = (what: string): number => Number(new RegExp(`^${what}:\\s+(\\d+)$`, 'm').exec(about)?.[1]);
  const images = numberOf('Image Count');
  if (images !== 1)
    throw new ProtocolError(`it holds ${images} images instead of one; take one out of it with wimexport`);
  await outputOfTool({ ...WIMLIB, command: 'wimverify' }, [file], signal);
  const unpackedBytes = numberOf('Total Bytes');
  const entries = numberOf('File Count') + numberOf('Directory Count');
  if (Number.isSafeInteger(unpackedBytes) && Number.isSafeInteger(entries)) return { unpackedBytes, entries };
  throw new ProtocolError('it does not say how many files it has, and how many bytes are in them');
}
