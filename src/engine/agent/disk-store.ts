import { RunFailure } from '../../failure.ts';
import { decodeChunk } from '../image/chunk-codec.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { ChunkStore, Lend } from '../swarm/swarm-client.ts';
import type { AgentMemory } from './agent-memory.ts';
import { ByteBudget } from './byte-budget.ts';
import type { DiskWriter } from './disk-writer.ts';
import { FoundBlocks, type FoundOnDisk, NOTHING_FOUND } from './found-blocks.ts';
import { type CompleteChunk, Fragments } from './fragments.ts';
import { freeBytes } from './free-bytes.ts';
import type { ImageDescription } from './image-description.ts';
import type { PayloadLayout, Span } from './payload-layout.ts';
import { WireForms } from './wire-forms.ts';

/** The disk is flushed this often at least while anything comes: a slow link makes a power cut cost no more. */
const FLUSH_MS = 2_000;

export interface DiskStoreOptions {
  readonly disk: DiskWriter;
  readonly image: ImageDescription;
  readonly layout: PayloadLayout;
  readonly found: FoundOnDisk;
  readonly memory: AgentMemory;
  /** Whether this computer makes the same wire form of a chunk as the one that made the image. */
  readonly canEncode: boolean;
  /** Hears which chunks are on the disk since it was flushed. */
  flushed(chunks: readonly number[]): void;
}

/**
 * The image on its way to the disk, and back to peers. Pieces come in any order, each held against its SHA-1; a chunk whose
 * last byte has come is decoded on a thread of Node's pool and written to its place: there is no staging. It is held
 * against its SHA-256 when it is read back, where that counts; to do so here as well took a third of an agent's processor
 * time where nothing has to be decoded. A write ends when all of this is done, so that a slow disk slows the swarm down
 * and fills no memory.
 * Peers get pieces made again from what is on the disk, and never one that does not match its hash.
 */
export class DiskStore implements ChunkStore {
  readonly held: FoundBlocks;
  readonly #options: DiskStoreOptions;
  readonly #fragments: Fragments;
  readonly #wireForms: WireForms;
  readonly #decoding: ByteBudget;
  readonly #onDisk: Set<number>;
  /** Pieces of which every byte is here. */
  readonly #whole = new Set<number>();
  /** Pieces that came out differently when they were made again. */
  readonly #refused = new Set<number>();
  /** Chunks that were written, or found, since the last flush began. */
  #unflushed: number[];
  #flushing: Promise<void> | undefined;
  #flushedMs = performance.now();

  constructor(options: DiskStoreOptions) {
    const { disk, image, layout, found, memory, canEncode } = options;
    this.#options = options;
    this.#fragments = new Fragments(layout, disk, memory.fragmentBytes);
    const { encoding } = image.manifest;
    this.#wireForms = new WireForms(layout.chunks, { disk, encoding, roomBytes: memory.wireFormBytes });
    this.#decoding = new ByteBudget(memory.decodingBytes);
    this.#onDisk = new Set(found.chunks);
    this.#unflushed = [...found.chunks];
    this.held = this.#holdFound(canEncode ? found : NOTHING_FOUND);
  }

  /** Chunks that are on the disk. */
  get chunksOnDisk(): ReadonlySet<number> {
    return this.#onDisk;
  }

  /** Bytes of incomplete chunks that are in memory. */
  get waitingBytes(): number {
    return this.#fragments.heldBytes;
  }

  /** Rejects with a RunFailure of the disk, or with `BAD_CHUNK` where the image is not what its extent map says. */
  async write(piece: number, bytes: Uint8Array, lend?: Lend): Promise<void> {
    const spans = this.#options.layout.spansIn(piece).filter(({ chunk }) => !this.#onDisk.has(chunk));
    await Promise.all(
      spans.map(async (span) => {
        const part = bytes.subarray(span.inPiece, span.inPiece + span.bytes);
        const complete = await this.#fragments.add(span, part, lend);
        if (complete) await this.#settle(span.chunk, complete);
      }),
    );
    this.#whole.add(piece);
    await this.#flushInTime();
  }

  /** Rejects for a piece that is not here, or cannot be made again just as it came. */
  async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    if (!this.#whole.has(piece)) return this.#fill(piece, offset, into);
    if (offset === 0 && into.length === this.#options.layout.bytesOf(piece))
      return this.#readWhole(piece, into);
    const whole = Buffer.allocUnsafeSlow(this.#options.layout.bytesOf(piece));
    await this.#readWhole(piece, whole);
    into.set(whole.subarray(offset, offset + into.length));
    return into;
  }

  #holdFound(found: FoundOnDisk): FoundBlocks {
    const { layout } = this.#options;
    for (const piece of found.pieces)
      for (const span of layout.spansIn(piece))
        if (!this.#onDisk.has(span.chunk)) this.#fragments.found(span);
    const held = new FoundBlocks(layout, found);
    for (let piece = 0; piece < layout.pieces; piece++) if (held.hasPiece(piece)) this.#whole.add(piece);
    return held;
  }

  async #readWhole(piece: number, into: Uint8Array): Promise<Uint8Array> {
    const unlike = (): RunFailure =>
      new RunFailure('WIRE_FORM', `piece ${piece} cannot be made again as it was`);
    if (this.#refused.has(piece)) throw unlike();
    await this.#fill(piece, 0, into);
    if (await this.#options.image.metainfo.pieceHashes.matches(piece, into)) return into;
    this.#refused.add(piece);
    throw unlike();
  }

  async #fill(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    const end = offset + into.length;
    for (const span of this.#options.layout.spansIn(piece)) {
      const begin = Math.max(offset, span.inPiece);
      const bytes = Math.min(end, span.inPiece + span.bytes) - begin;
      if (bytes <= 0) continue;
      await this.#copy(span, begin - span.inPiece, into.subarray(begin - offset, begin - offset + bytes));
    }
    return into;
  }

  async #copy(span: Span, begin: number, into: Uint8Array): Promise<void> {
    if (await this.#fragments.copy(span, begin, into)) return;
    if (!this.#onDisk.has(span.chunk) || !this.#options.canEncode)
      throw new RunFailure('NOT_HELD', `piece ${span.piece} is not here, or cannot be made again`);
    const from = span.inChunk + begin;
    into.set(await this.#wireForms.part(span.chunk, from, from + into.length));
  }

  #settle(number: number, { wire, wasParked }: CompleteChunk): Promise<void> {
    const chunk = this.#options.layout.chunks[number]!;
    return this.#decoding.during(chunk.rawBytes, async () => {
      const raw = await this.#decoded(number, wire);
      if (raw) {
        await this.#options.disk.writeAt(chunk.diskOffset, raw);
        this.#onDisk.add(number);
        this.#unflushed.push(number);
        if (raw.buffer !== wire.buffer) freeBytes(raw);
      }
      this.#fragments.forget(number);
      // What lay on the disk may have been spoilt there: it is missing, and is fetched again when the disk is verified.
      if (raw || wasParked) return;
      throw new RunFailure(
        'BAD_CHUNK',
        `chunk ${number} at disk offset ${chunk.diskOffset}: the image is not what its extent map says`,
      );
    });
  }

  /** @returns undefined where it cannot be what the extent map says */
  async #decoded(number: number, wire: Uint8Array): Promise<Uint8Array | undefined> {
    const chunk = this.#options.layout.chunks[number]!;
    try {
      return await decodeChunk(wire, chunk, this.#options.image.manifest.encoding);
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  /** So that a power cut costs only what was written lately. */
  async #flushInTime(): Promise<void> {
    const { disk, memory } = this.#options;
    const isDue =
      disk.unflushedBytes >= memory.unflushedBytes || performance.now() - this.#flushedMs >= FLUSH_MS;
    if (!this.#flushing && !isDue) return;
    this.#flushing ??= this.#flush();
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    const { disk, flushed } = this.#options;
    const chunks = this.#unflushed;
    this.#unflushed = [];
    await disk.flush();
    flushed(chunks);
    this.#flushedMs = performance.now();
    this.#flushing = undefined;
  }
}
