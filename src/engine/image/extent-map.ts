import { RunFailure } from '../../failure.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  type Chunk,
  decodeChunkRecords,
  encodeChunkRecord,
  RECORD_BYTES,
  safeInteger,
} from './chunk-record.ts';

export type { Chunk } from './chunk-record.ts';

/** All chunks of a golden image, ascending on the disk and, without a gap, in the payload. */
export interface ExtentMap {
  readonly diskBytes: number;
  readonly payloadBytes: number;
  readonly chunks: readonly Chunk[];
}

/** Raw bytes of a chunk at most: several are in memory at a time. */
export const MOST_CHUNK_BYTES = 64 * 2 ** 20;
/** 4 million chunks describe 16 TiB in chunks of 4 MiB. */
export const MOST_CHUNKS = 2 ** 22;

/**
 * The file, all numbers little-endian. Header: magic, u32 version, u32 count, u64 diskBytes, u64 payloadBytes. Then a
 * record of each chunk.
 */
const MAGIC = Buffer.from('SWBEXTM\n');
const VERSION = 1;
const HEADER_BYTES = 32;

/** @returns the file `extents.bin` */
export function encodeExtentMap({ diskBytes, payloadBytes, chunks }: ExtentMap): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(chunks.length, 12);
  header.writeBigUInt64LE(BigInt(diskBytes), 16);
  header.writeBigUInt64LE(BigInt(payloadBytes), 24);
  return Buffer.concat([header, ...chunks.map(encodeChunkRecord)]);
}

/**
 * Reads an extent map, whoever made it; the hashes are views of `bytes`.
 * Throws a RunFailure (`BAD_EXTENT_MAP`) that names the chunk where ranges overlap, leave gaps in the payload or lead
 * beyond the disk.
 */
export function decodeExtentMap(bytes: Uint8Array): ExtentMap {
  try {
    return extentMapOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RunFailure('BAD_EXTENT_MAP', `the extent map cannot be used: ${cause.message}`, { cause });
  }
}

function extentMapOf(bytes: Buffer): ExtentMap {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ProtocolError('it does not begin like one');
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) throw new ProtocolError(`it is of version ${version}, known is ${VERSION}`);
  const count = bytes.readUInt32LE(12);
  if (count > MOST_CHUNKS)
    throw new ProtocolError(`it has ${count} chunks, at most ${MOST_CHUNKS} are taken`);
  const expectedBytes = HEADER_BYTES + count * RECORD_BYTES;
  if (bytes.length !== expectedBytes) {
    throw new ProtocolError(`it has ${bytes.length} bytes, ${count} chunks take ${expectedBytes}`);
  }
  const map: ExtentMap = {
    diskBytes: safeInteger(bytes, 16, 'its disk'),
    payloadBytes: safeInteger(bytes, 24, 'its payload'),
    chunks: decodeChunkRecords(bytes.subarray(HEADER_BYTES)),
  };
  assertInOrder(map);
  return map;
}

function assertInOrder({ diskBytes, payloadBytes, chunks }: ExtentMap): void {
  let diskEnd = 0;
  let wireEnd = 0;
  chunks.forEach(({ diskOffset, rawBytes, wireOffset, wireBytes }, number) => {
    const refuse = (sentence: string) => new ProtocolError(`chunk ${number}: ${sentence}`);
    if (rawBytes === 0 || rawBytes > MOST_CHUNK_BYTES) throw refuse(`it has ${rawBytes} bytes`);
    if (wireBytes === 0) throw refuse('it has no bytes in the payload');
    if (diskOffset < diskEnd) throw refuse(`it begins at ${diskOffset}, inside the chunk before it`);
    if (wireOffset !== wireEnd)
      throw refuse(`it stands at ${wireOffset} of the payload instead of ${wireEnd}`);
    diskEnd = diskOffset + rawBytes;
    wireEnd = wireOffset + wireBytes;
    if (diskEnd > diskBytes) throw refuse(`it ends at ${diskEnd} of a disk of ${diskBytes} bytes`);
  });
  if (wireEnd !== payloadBytes)
    throw new ProtocolError(`its chunks take ${wireEnd} of ${payloadBytes} bytes of the payload`);
}
