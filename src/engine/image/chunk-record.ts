import { ProtocolError } from '../protocol-error.ts';

/** A run of raw bytes on the disk and where its wire form stands in the payload. */
export interface Chunk {
  /** Bytes from the start of the disk. */
  readonly diskOffset: number;
  readonly rawBytes: number;
  /** Bytes from the start of the payload. */
  readonly wireOffset: number;
  readonly wireBytes: number;
  /** SHA-256 of the raw bytes, 32 bytes. */
  readonly sha256: Uint8Array;
}

/**
 * A chunk in a file, all numbers little-endian: u64 diskOffset, u64 wireOffset, u32 rawBytes, u32 wireBytes, 32 bytes
 * SHA-256.
 */
export const RECORD_BYTES = 56;

export function encodeChunkRecord(chunk: Chunk): Uint8Array {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeBigUInt64LE(BigInt(chunk.diskOffset), 0);
  bytes.writeBigUInt64LE(BigInt(chunk.wireOffset), 8);
  bytes.writeUInt32LE(chunk.rawBytes, 16);
  bytes.writeUInt32LE(chunk.wireBytes, 20);
  bytes.set(chunk.sha256, 24);
  return bytes;
}

/**
 * Chunks one after the other; the hashes are views of `bytes`. What is left at the end and is no whole record is left
 * out. Throws a ProtocolError for places that no disk has.
 */
export function decodeChunkRecords(bytes: Buffer): Chunk[] {
  return Array.from({ length: Math.floor(bytes.length / RECORD_BYTES) }, (_, number) => {
    const at = number * RECORD_BYTES;
    return {
      diskOffset: safeInteger(bytes, at, `chunk ${number}: its disk offset`),
      wireOffset: safeInteger(bytes, at + 8, `chunk ${number}: its wire offset`),
      rawBytes: bytes.readUInt32LE(at + 16),
      wireBytes: bytes.readUInt32LE(at + 20),
      sha256: bytes.subarray(at + 24, at + RECORD_BYTES),
    };
  });
}

/** A number of 64 bits; `what` names it in the ProtocolError that is thrown above 2^53. */
export function safeInteger(bytes: Buffer, at: number, what: string): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ProtocolError(`${what} is ${value}`);
  return Number(value);
}
