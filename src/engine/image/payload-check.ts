import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ProtocolError } from '../protocol-error.ts';
import { decodeChunk, ENCODER, encodeChunk } from './chunk-codec.ts';
import type { Chunk } from './chunk-record.ts';
import type { ExtentMap } from './extent-map.ts';
import type { Manifest } from './manifest.ts';

/** Chunks that are being decoded at a time: one for each thread of Node's pool. */
const DECODED_AT_ONCE = 4;
const READ_BYTES = 2 ** 20;

export interface PayloadCheck {
  readonly file: string;
  readonly manifest: Manifest;
  readonly map: ExtentMap;
  readonly signal: AbortSignal;
  /** Bytes of the payload so far, of all. */
  progressed(done: number, all: number): void;
}

/** What is wrong with the chunks of a payload, and with the payload as a whole. */
export interface PayloadFindings {
  readonly chunkFaults: readonly { chunk: number; diskOffset: number; sentence: string }[];
  /** Null where its digest and its length are those of the manifest. */
  readonly fileFault: string | null;
}

/** Decodes and hashes every chunk of a payload, and hashes the payload. */
export async function checkPayload(check: PayloadCheck): Promise<PayloadFindings> {
  const { payload } = check.manifest;
  const file = await open(check.file);
  try {
    const { size } = await file.stat();
    const sha256 = createHash('sha256');
    const chunkFaults = await faultyChunks(file, sha256, check, isRightBytes);
    await hashRest(file, sha256, check.map.payloadBytes);
    if (size !== payload.bytes)
      return { chunkFaults, fileFault: `it has ${size} bytes instead of ${payload.bytes}` };
    if (sha256.digest('hex') === payload.sha256) return { chunkFaults, fileFault: null };
    const fileFault = 'it is not the one that the manifest names';
    const { encoding } = check.manifest;
    const isOurs = encoding.kind === 'raw' || encoding.library === ENCODER;
    if (chunkFaults.length > 0 || !isOurs) return { chunkFaults, fileFault };
    // A frame can say the same in other bytes.
    return { chunkFaults: await faultyChunks(file, createHash('sha256'), check, isOurForm), fileFault };
  } finally {
    await file.close();
  }
}

/** Null where the wire bytes of a chunk are right; else what is wrong with them. */
type ChunkTest = (chunk: Chunk, wire: Buffer, encoding: Manifest['encoding']) => Promise<string | null>;

async function faultyChunks(
  file: FileHandle,
  sha256: Hash,
  { map, manifest, signal, progressed }: PayloadCheck,
  test: ChunkTest,
): Promise<{ chunk: number; diskOffset: number; sentence: string }[]> {
  const underWay: Promise<string | null>[] = [];
  const sentences: (string | null)[] = [];
  for (const chunk of map.chunks) {
    signal.throwIfAborted();
    const wire = await bytesAt(file, chunk.wireOffset, chunk.wireBytes);
    sha256.update(wire);
    underWay.push(test(chunk, wire, manifest.encoding));
    if (underWay.length >= DECODED_AT_ONCE) sentences.push(await underWay.shift()!);
    progressed(chunk.wireOffset + chunk.wireBytes, map.payloadBytes);
  }
  sentences.push(...(await Promise.all(underWay)));
  return sentences.flatMap((sentence, number) =>
    sentence === null ? [] : [{ chunk: number, diskOffset: map.chunks[number]!.diskOffset, sentence }],
  );
}

const isRightBytes: ChunkTest = async (chunk, wire, encoding) => {
  try {
    const raw = (await decodeChunk(wire, chunk, encoding)) as Uint8Array<ArrayBuffer>;
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', raw));
    return Buffer.compare(sha256, chunk.sha256) === 0 ? null : 'it gives other bytes than were captured';
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.message;
  }
};

const isOurForm: ChunkTest = async (chunk, wire, encoding) => {
  const again = await encodeChunk(await decodeChunk(wire, chunk, encoding), encoding);
  return Buffer.compare(again, wire) === 0 ? null : 'it is not encoded as it was published';
};

/** What no chunk stands for. */
async function hashRest(file: FileHandle, sha256: Hash, from: number): Promise<void> {
  for (let at = from; ; at += READ_BYTES) {
    const bytes = await bytesAt(file, at, READ_BYTES);
    if (bytes.length === 0) return;
    sha256.update(bytes);
  }
}

/** As many of the bytes as there are. */
async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
