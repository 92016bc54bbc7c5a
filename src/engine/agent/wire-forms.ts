import { encodeChunk, type WireEncoding } from '../image/chunk-codec.ts';
import type { Chunk } from '../image/extent-map.ts';
import type { DiskWriter } from './disk-writer.ts';

/** Wire forms of chunks that are on the disk, made again from there; the ones used last are kept. */
export class WireForms {
  readonly #chunks: readonly Chunk[];
  readonly #disk: DiskWriter;
  readonly #encoding: WireEncoding;
  readonly #roomBytes: number;
  /** The one used last is at the end. */
  readonly #kept = new Map<number, Promise<Uint8Array>>();
  #keptBytes = 0;

  /** @param place `roomBytes`: bytes of wire forms that are kept */
  constructor(
    chunks: readonly Chunk[],
    place: { readonly disk: DiskWriter; readonly encoding: WireEncoding; readonly roomBytes: number },
  ) {
    this.#chunks = chunks;
    this.#disk = place.disk;
    this.#encoding = place.encoding;
    this.#roomBytes = place.roomBytes;
  }

  /** Part of a chunk's wire form; nobody has held it against a hash yet. */
  async part(chunk: number, begin: number, end: number): Promise<Uint8Array> {
    const { diskOffset } = this.#chunks[chunk]!;
    if (this.#encoding.kind === 'raw')
      return this.#disk.readAt(diskOffset + begin, Buffer.allocUnsafeSlow(end - begin));
    return (await this.#whole(chunk)).subarray(begin, end);
  }

  #whole(chunk: number): Promise<Uint8Array> {
    const kept = this.#kept.get(chunk);
    if (kept) {
      this.#kept.delete(chunk);
      this.#kept.set(chunk, kept);
      return kept;
    }
    const making = this.#make(chunk);
    this.#kept.set(chunk, making);
    this.#keptBytes += this.#chunks[chunk]!.wireBytes;
    making.catch(() => this.#drop(chunk));
    for (const old of this.#kept.keys()) {
      if (this.#keptBytes <= this.#roomBytes || old === chunk) break;
      this.#drop(old);
    }
    return making;
  }

  async #make(chunk: number): Promise<Uint8Array> {
    const { diskOffset, rawBytes } = this.#chunks[chunk]!;
    const raw = await this.#disk.readAt(diskOffset, Buffer.allocUnsafeSlow(rawBytes));
    return encodeChunk(raw, this.#encoding);
  }

  #drop(chunk: number): void {
    if (this.#kept.delete(chunk)) this.#keptBytes -= this.#chunks[chunk]!.wireBytes;
  }
}
