import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chunk, decodeChunkRecords, encodeChunkRecord, RECORD_BYTES } from './chunk-record.ts';
import { IMAGE_FILES } from './image-store.ts';
import { writeAll } from './write-all.ts';

/** Records of the chunks that are in the payload for good; it is not part of an image. */
export const JOURNAL = 'journal';
/** SHA-256. */
const FINGERPRINT_BYTES = 32;
/** The payload is flushed this often; what comes after the last flush is made again after a power cut. */
const FLUSH_BYTES = 64 * 2 ** 20;
const READ_BYTES = 2 ** 20;

/**
 * The payload of an image that is being made, and a journal of it: after an interruption whatever the journal names is
 * there. The journal begins with a fingerprint of 32 bytes of what the image is to be; with another one, all that was
 * there is of no use.
 */
export class DraftPayload {
  /** Chunks that an interrupted draft left, in their order. */
  readonly earlier: readonly Chunk[];
  readonly chunks: Chunk[] = [];
  readonly #payload: FileHandle;
  readonly #journal: FileHandle;
  readonly #sha256 = createHash('sha256');
  #bytes = 0;
  #rawBytes = 0;
  #unflushedBytes = 0;
  /** So many chunks are in the journal. */
  #journaled: number;

  private constructor(files: { payload: FileHandle; journal: FileHandle }, earlier: readonly Chunk[]) {
    this.#payload = files.payload;
    this.#journal = files.journal;
    this.earlier = earlier;
    this.#journaled = earlier.length;
  }

  static async open(folder: string, fingerprint: Uint8Array): Promise<DraftPayload> {
    // A store of before may be open to all; what is on the disk is not for all.
    const openFile = (name: string) => open(join(folder, name), constants.O_RDWR | constants.O_CREAT, 0o600);
    const [payload, journal] = [await openFile(IMAGE_FILES.payload), await openFile(JOURNAL)];
    const written = await journal.readFile();
    const { size } = await payload.stat();
    const isSame = written.subarray(0, FINGERPRINT_BYTES).equals(fingerprint);
    const earlier = isSame ? soundRecords(written.subarray(FINGERPRINT_BYTES), size) : [];
    await journal.truncate(placeOfRecord(earlier.length));
    await journal.write(fingerprint, 0, FINGERPRINT_BYTES, 0);
    // Before a chunk of this plan overwrites one of another: records of that must not come back after a power cut.
    if (!isSame) await journal.datasync();
    return new DraftPayload({ payload, journal }, earlier);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get rawBytes(): number {
    return this.#rawBytes;
  }

  /** Takes over the next of the earlier chunks, as it is. */
  async keep(chunk: Chunk): Promise<void> {
    for (let at = 0; at < chunk.wireBytes; at += READ_BYTES) {
      const piece = Buffer.alloc(Math.min(READ_BYTES, chunk.wireBytes - at));
      await this.#payload.read(piece, 0, piece.length, chunk.wireOffset + at);
      this.#sha256.update(piece);
    }
    this.#count(chunk);
  }

  /** Puts a chunk at the end; earlier chunks that stand there are overwritten. */
  async append(chunk: Omit<Chunk, 'wireOffset' | 'wireBytes'>, wire: Uint8Array): Promise<void> {
    if (this.#journaled > this.chunks.length) await this.#forgetEarlier();
    await writeAll(this.#payload, wire, this.#bytes);
    this.#sha256.update(wire);
    this.#unflushedBytes += wire.length;
    this.#count({ ...chunk, wireOffset: this.#bytes, wireBytes: wire.length });
    if (this.#unflushedBytes >= FLUSH_BYTES) await this.#flush();
  }

  /** Cuts off what is not of this image and flushes. @returns SHA-256 of the payload in hex */
  async finish(): Promise<string> {
    await this.#payload.truncate(this.#bytes);
    await this.#payload.sync();
    await this.close();
    return this.#sha256.digest('hex');
  }

  async close(): Promise<void> {
    await this.#payload.close();
    await this.#journal.close();
  }

  #count(chunk: Chunk): void {
    this.chunks.push(chunk);
    this.#bytes += chunk.wireBytes;
    this.#rawBytes += chunk.rawBytes;
  }

  /** Before bytes of the payload are overwritten the journal must no longer name them. */
  async #forgetEarlier(): Promise<void> {
    this.#journaled = this.chunks.length;
    await this.#journal.truncate(placeOfRecord(this.#journaled));
    await this.#journal.datasync();
  }

  async #flush(): Promise<void> {
    await this.#payload.datasync();
    const records = Buffer.concat(this.chunks.slice(this.#journaled).map(encodeChunkRecord));
    await this.#journal.write(records, 0, records.length, placeOfRecord(this.#journaled));
    this.#journaled = this.chunks.length;
    this.#unflushedBytes = 0;
  }
}

function placeOfRecord(number: number): number {
  return FINGERPRINT_BYTES + number * RECORD_BYTES;
}

/** Records up to the first that does not follow on the one before it, or is not in the payload. */
function soundRecords(bytes: Buffer, payloadBytes: number): Chunk[] {
  let wireEnd = 0;
  const sound: Chunk[] = [];
  for (const chunk of decodeChunkRecords(bytes)) {
    if (chunk.wireOffset !== wireEnd || wireEnd + chunk.wireBytes > payloadBytes) break;
    wireEnd += chunk.wireBytes;
    sound.push(chunk);
  }
  return sound;
}
