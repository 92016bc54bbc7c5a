import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { ConfigError } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import type { ImagePartition, Manifest } from '../manifest.ts';
import { readSavedGpt } from './saved-gpt.ts';
import { readSavedMbr } from './saved-mbr.ts';
import type { SourceDisk } from './source-disk.ts';
import type { TableEntry } from './table-entry.ts';

const READ_BYTES = 2 ** 20;
/** The entries of a table follow its header at once, 128 of 128 bytes. */
const TABLE_BYTES = 16_384;
const SECTOR_BYTES = [512, 4096] as const;

/**
 * A disk, byte by byte in a file. Nothing tells which of its bytes are in use, and a hole reads as zeros that a file
 * system may count on: so all of it is copied, and the manifest says `whole` of every partition.
 * @param close is done when the disk is closed, for a file that was made for this
 */
export async function openDiskFile(
  file: string,
  { close = async () => {} }: { close?: () => Promise<void> } = {},
): Promise<SourceDisk> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { table, sectorBytes, entries } = await tableOf(handle);
    if (size === 0 || size % sectorBytes !== 0)
      throw new ConfigError(
        'source',
        `${file} has ${size} bytes, which is no whole number of sectors of ${sectorBytes} bytes`,
      );
    return {
      disk: { bytes: size, sectorBytes },
      table,
      partitions: entries.map((entry) => described(entry, size)),
      tools: {},
      rawBytes: size,
      runs: (signal) => runsOf(handle, size, signal),
      close: async () => {
        await handle.close();
        await close();
      },
    };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

interface DiskTable {
  readonly table: Manifest['table'];
  readonly sectorBytes: number;
  readonly entries: readonly Omit<TableEntry, 'type'>[];
}

async function tableOf(file: FileHandle): Promise<DiskTable> {
  for (const sectorBytes of SECTOR_BYTES) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2 * sectorBytes + TABLE_BYTES), {
      position: 0,
    });
    const gpt = tried(() => readSavedGpt(buffer.subarray(0, bytesRead), sectorBytes));
    if (gpt) return { table: 'gpt', sectorBytes, entries: gpt.entries };
  }
  const [sectorBytes] = SECTOR_BYTES;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(sectorBytes), { position: 0 });
  const entries = tried(() => readSavedMbr(buffer.subarray(0, bytesRead), sectorBytes)) ?? [];
  return { table: entries.length > 0 ? 'mbr' : 'none', sectorBytes, entries };
}

/** A disk without a table is a disk. */
function tried<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ProtocolError) return undefined;
    throw cause;
  }
}

function described(
  { number, startBytes, bytes }: Omit<TableEntry, 'type'>,
  diskBytes: number,
): ImagePartition {
  if (bytes <= 0 || startBytes + bytes > diskBytes)
    throw new ProtocolError(
      `partition ${number} ends at ${startBytes + bytes} of a disk of ${diskBytes} bytes`,
    );
  return { number, startBytes, bytes, fileSystem: 'unknown', copied: 'whole', usedBytes: bytes };
}

async function* runsOf(file: FileHandle, size: number, signal: AbortSignal): AsyncGenerator<RawRun> {
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    const wanted = Math.min(READ_BYTES, size - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), { position: at });
    if (bytesRead === 0)
      throw new ProtocolError(`it ends at byte ${at} of ${size}: it was changed while it was read`);
    yield { diskOffset: at, bytes: buffer.subarray(0, bytesRead) };
    at += bytesRead;
  }
}
