import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtocolError } from '../../protocol-error.ts';
import { writeAll } from '../write-all.ts';
import { decompressed } from './decompression.ts';
import { openDiskFile } from './disk-file.ts';
import { kindOfNoDisk, START_BYTES } from './no-disk.ts';
import { isQcow2, qcow2DiskBytes } from './qcow2-header.ts';
import type { Compression } from './saved-stream.ts';
import type { SourceDisk } from './source-disk.ts';
import { endOfTool, startTool } from './system-tool.ts';
import { makeUnpackingFolder } from './unpacking-folder.ts';

/** First bytes of files that are made of a disk: RFC 1952, RFC 8878, and the specifications of the others. */
const COMPRESSED: readonly (readonly [Compression, magic: string])[] = [
  ['gz', '1f8b'],
  ['zst', '28b52ffd'],
  ['xz', 'fd377a585a00'],
  ['bz2', '425a68'],
  ['lz4', '04224d18'],
];
const QEMU_IMG = { command: 'qemu-img', debianPackage: 'qemu-utils' };
/** 64 TiB: what goes on behind that is no disk. */
const MOST_DISK_BYTES = 2 ** 46;
/** Zeros are left out of the file that is made, in steps of a page of most file systems. */
const PAGE_BYTES = 4096;
const ZEROS = Buffer.alloc(PAGE_BYTES);

/**
 * A disk in a file: as it is, compressed, or as a qcow2 image. What is packed is unpacked first, to a file with holes in
 * a folder of its own within `scratchFolder`.
 */
export async function openPackedDisk(
  file: string,
  { scratchFolder, whole, signal }: { scratchFolder: string; whole: readonly number[]; signal: AbortSignal },
): Promise<SourceDisk> {
  const start = await startOf(file);
  const other = kindOfNoDisk(start);
  if (other) throw new ProtocolError(`it is ${other.name}; ${other.remedy}`);
  const compression = COMPRESSED.find(([, magic]) => start.toString('hex').startsWith(magic))?.[0];
  if (compression === undefined && !isQcow2(start)) return openDiskFile(file, { whole });
  const folder = await makeUnpackingFolder(scratchFolder);
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const disk = join(folder, 'disk.img');
    if (compression) await unpack(decompressed(createReadStream(file), compression), disk, signal);
    else await convert(file, { start, disk, signal });
    assertUnpacked(await startOf(disk));
    return await openDiskFile(disk, { whole, close });
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Something else may have been packed than a disk. */
function assertUnpacked(start: Buffer): void {
  const qcow2 = { name: 'a disk of kind qcow2', remedy: 'unpack it, and import that' };
  const other = isQcow2(start) ? qcow2 : kindOfNoDisk(start);
  if (other) throw new ProtocolError(`what is packed in it is ${other.name}; ${other.remedy}`);
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(START_BYTES), { position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function unpack(source: AsyncIterable<Uint8Array>, disk: string, signal: AbortSignal): Promise<void> {
  const file = await open(disk, 'wx');
  try {
    let size = 0;
    for await (const bytes of source) {
      signal.throwIfAborted();
      for (const { at, end } of filledParts(bytes)) await writeAll(file, bytes.subarray(at, end), size + at);
      size += bytes.length;
      if (size > MOST_DISK_BYTES) throw new ProtocolError(`it goes on behind ${MOST_DISK_BYTES} bytes`);
    }
    await file.truncate(size);
  } finally {
    await file.close();
  }
}

/** What is left of bytes without the pages of zeros. */
function* filledParts(bytes: Uint8Array): Generator<{ at: number; end: number }> {
  let at = 0;
  for (let page = 0; page < bytes.length; page += PAGE_BYTES) {
    const end = Math.min(page + PAGE_BYTES, bytes.length);
    if (ZEROS.compare(bytes, page, end, 0, end - page) !== 0) continue;
    if (page > at) yield { at, end: page };
    at = end;
  }
  if (at < bytes.length) yield { at, end: bytes.length };
}

async function convert(
  file: string,
  { start, disk, signal }: { start: Buffer; disk: string; signal: AbortSignal },
): Promise<void> {
  qcow2DiskBytes(start);
  const child = startTool(QEMU_IMG, ['convert', '-f', 'qcow2', '-O', 'raw', '--', file, disk]);
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  try {
    const { status, complaint } = await endOfTool(QEMU_IMG, child);
    signal.throwIfAborted();
    if (status !== 0) throw new ProtocolError(complaint || `qemu-img ended with ${status}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
