import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ProtocolError } from '../../protocol-error.ts';
import type { Compression } from './saved-stream.ts';
import { endOfTool, type SystemTool, startTool } from './system-tool.ts';

/**
 * What Node cannot decompress, and zstd, of which Node reads no more than the first frame (pzstd writes many). Memory is
 * limited where a stream may ask for as much as it likes.
 */
const TOOLS: Readonly<
  Record<Exclude<Compression, 'gz' | 'uncomp'>, SystemTool & { args: readonly string[] }>
> = {
  zst: { command: 'zstd', debianPackage: 'zstd', args: ['-dcq', '--memory=512MB'] },
  xz: { command: 'xz', debianPackage: 'xz-utils', args: ['-dcq', '--memlimit-decompress=512MiB'] },
  lz4: { command: 'lz4', debianPackage: 'lz4', args: ['-dcq'] },
  bz2: { command: 'bzip2', debianPackage: 'bzip2', args: ['-dcq'] },
};

const OUTPUT_BYTES = 2 ** 20;

/**
 * The bytes behind a compression, as they are read: nobody decompresses ahead of the reader by more than a buffer.
 * Whoever stops early ends the program that decompresses. Throws a ProtocolError where the stream is damaged, a
 * RunFailure (`MISSING_TOOL`).
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  if (compression === 'uncomp') yield* source;
  else if (compression === 'gz') yield* gunzipped(source);
  else yield* throughTool(source, TOOLS[compression]);
}

async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const fed = pipeline(source, gunzip).catch(() => {});
  try {
    yield* gunzip;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw cause;
    throw new ProtocolError(`it is damaged: ${message}`, { cause });
  } finally {
    gunzip.destroy();
    await fed;
  }
}

async function* throughTool(
  source: AsyncIterable<Uint8Array>,
  tool: SystemTool & { args: readonly string[] },
): AsyncGenerator<Uint8Array> {
  const child = startTool(tool, tool.args);
  const end = endOfTool(tool, child);
  end.catch(() => {});
  let readFailure: unknown;
  const fed = pipeline(
    watched(source, (cause) => (readFailure = cause)),
    child.stdin!,
  ).catch(() => {});
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const { status, complaint } = await end;
    if (readFailure !== undefined) throw readFailure;
    if (status !== 0)
      throw new ProtocolError(`it is damaged: ${complaint || `${tool.command} ended with ${status}`}`);
  } finally {
    child.stdout!.destroy();
    child.kill();
    await Promise.allSettled([fed, end]);
  }
}

/** Keeps what goes wrong while the source is read: the pipe would only know that it broke. */
function watched(source: AsyncIterable<Uint8Array>, failed: (cause: unknown) => void): Readable {
  return Readable.from(source, { objectMode: false }).on('error', failed);
}
