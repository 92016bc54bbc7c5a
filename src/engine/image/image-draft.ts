import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../../failure.ts';
import { encodedEntriesOf } from '../bencode.ts';
import { encodeChunk } from './chunk-codec.ts';
import type { Chunk } from './chunk-record.ts';
import { DraftPayload, JOURNAL } from './draft-payload.ts';
import { encodeExtentMap } from './extent-map.ts';
import { IMAGE_FILES, type ImageStore, type StoredImage } from './image-store.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { makeMetainfo } from './metainfo.ts';
import { signatureOf } from './signature.ts';
import { storedTorrent } from './stored-torrent.ts';

/** What is known of an image before its bytes are read. */
export interface DraftPlan
  extends Pick<
    Manifest,
    'name' | 'kind' | 'files' | 'disk' | 'table' | 'partitions' | 'encoding' | 'chunkBytes' | 'tools'
  > {
  /** Bytes of a piece of the torrent. Default: `pieceBytesFor` the payload. */
  readonly pieceBytes?: number;
}

/** Raw bytes of the disk; runs come in ascending order. */
export interface RawRun {
  readonly diskOffset: number;
  readonly bytes: Uint8Array;
}

/** Chunks that are being encoded at a time: one for each thread of Node's pool. */
const ENCODED_AT_ONCE = 4;

/**
 * A version of an image that is being made: nobody sees it until it is published whole, signed and flushed. One that
 * was interrupted is taken up by the next of the same name and plan: its chunks are not encoded again, as far as the
 * raw bytes are still the same.
 */
export class ImageDraft {
  /** Bytes of the payload that an interrupted draft left. */
  readonly earlierBytes: number;
  readonly #store: ImageStore;
  readonly #plan: DraftPlan;
  readonly #folder: string;
  readonly #payload: DraftPayload;
  #given = 0;
  #keptChunks = 0;
  #isAsEarlier = true;

  private constructor(store: ImageStore, plan: DraftPlan, place: { folder: string; payload: DraftPayload }) {
    this.#store = store;
    this.#plan = plan;
    this.#folder = place.folder;
    this.#payload = place.payload;
    const last = this.#payload.earlier.at(-1);
    this.earlierBytes = last ? last.wireOffset + last.wireBytes : 0;
  }

  static async begin(store: ImageStore, plan: DraftPlan): Promise<ImageDraft> {
    const folder = await store.draftFolder(plan.name);
    const fingerprint = createHash('sha256').update(JSON.stringify(plan)).digest();
    return new ImageDraft(store, plan, { folder, payload: await DraftPayload.open(folder, fingerprint) });
  }

  /** Chunks so far that were taken over from an interrupted draft. */
  get keptChunks(): number {
    return this.#keptChunks;
  }

  /** All chunks so far. */
  get chunks(): readonly Chunk[] {
    return this.#payload.chunks;
  }

  /** Encodes and keeps all chunks; several are encoded at a time, and kept in their order. */
  async add(chunks: AsyncIterable<RawRun>): Promise<void> {
    const underWay: Promise<EncodedChunk>[] = [];
    for await (const chunk of chunks) {
      underWay.push(this.#encoded(chunk));
      // Whoever fails first is heard in its turn.
      underWay.at(-1)!.catch(() => {});
      if (underWay.length >= ENCODED_AT_ONCE) await this.#keep(await underWay.shift()!);
    }
    for (const encoded of underWay) await this.#keep(await encoded);
  }

  /**
   * Makes manifest, torrent and signature, flushes all and gives the folder its name. The payload is read for the
   * torrent anyway, and has to be what was written: else the signature would be for something else. Throws a RunFailure
   * (`PAYLOAD_CHANGED`).
   */
  async publish(privateKey: string): Promise<StoredImage> {
    const payload = {
      sha256: await this.#payload.finish(),
      bytes: this.#payload.bytes,
      rawBytes: this.#payload.rawBytes,
    };
    const extentMap = encodeExtentMap({
      diskBytes: this.#plan.disk.bytes,
      payloadBytes: payload.bytes,
      chunks: this.chunks,
    });
    const { pieceBytes = pieceBytesFor(payload.bytes), ...described } = this.#plan;
    const created = new Date();
    const imageFile = join(this.#folder, IMAGE_FILES.payload);
    const onDisk = createHash('sha256');
    const metainfo = await makeMetainfo({ imageFile, pieceBytes, hears: (bytes) => onDisk.update(bytes) });
    if (onDisk.digest('hex') !== payload.sha256)
      throw new RunFailure(
        'PAYLOAD_CHANGED',
        `${imageFile} does not hold what was written to it; does another process write there, or is the disk of the store damaged?`,
      );
    const info = encodedEntriesOf(metainfo.bytes).get('info')!;
    await this.#write(IMAGE_FILES.extentMap, extentMap);
    await this.#write(IMAGE_FILES.torrent, storedTorrent(info, created));
    return this.#store.publish(this.#folder, described.name, async (version) => {
      const manifest: Manifest = {
        format: 1,
        version,
        created: created.toISOString(),
        ...described,
        extentMap: { sha256: createHash('sha256').update(extentMap).digest('hex'), bytes: extentMap.length },
        payload,
        infoHash: metainfo.infoHash,
      };
      const manifestFile = encodeManifest(manifest);
      await this.#write(IMAGE_FILES.signature, signatureOf(manifestFile, privateKey));
      await this.#write(IMAGE_FILES.manifest, manifestFile);
      await rm(join(this.#folder, JOURNAL), { force: true });
      return manifest;
    });
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#payload.close();
    await rm(this.#folder, { recursive: true, force: true });
    await this.#store.forgetIfEmpty(this.#plan.name);
  }

  async #encoded({ diskOffset, bytes }: RawRun): Promise<EncodedChunk> {
    const earlier = this.#payload.earlier[this.#given++];
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
    const chunk = { diskOffset, rawBytes: bytes.length, sha256 };
    const isKept = this.#isAsEarlier && earlier !== undefined && isSameChunk(earlier, chunk);
    if (isKept) return { chunk, bytes, earlier };
    return { chunk, bytes, wire: await encodeChunk(bytes, this.#plan.encoding) };
  }

  async #keep({ chunk, bytes, earlier, wire }: EncodedChunk): Promise<void> {
    if (earlier && this.#isAsEarlier) {
      this.#keptChunks++;
      return this.#payload.keep(earlier);
    }
    // From the first that is new, the earlier ones are overwritten.
    this.#isAsEarlier = false;
    await this.#payload.append(chunk, wire ?? (await encodeChunk(bytes, this.#plan.encoding)));
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(this.#folder, name), bytes, { flush: true });
  }
}

interface EncodedChunk {
  readonly chunk: Omit<Chunk, 'wireOffset' | 'wireBytes'>;
  readonly bytes: Uint8Array;
  /** The same chunk of an interrupted draft, whose wire form is there. */
  readonly earlier?: Chunk;
  readonly wire?: Uint8Array;
}

function isSameChunk(one: Chunk, other: EncodedChunk['chunk']): boolean {
  return (
    one.diskOffset === other.diskOffset &&
    one.rawBytes === other.rawBytes &&
    Buffer.compare(one.sha256, other.sha256) === 0
  );
}

/** A power of two that gives 1,000 to 4,000 pieces, from 1 to 16 MiB. */
export function pieceBytesFor(payloadBytes: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(payloadBytes / 4000));
  return Math.min(16 * 2 ** 20, Math.max(2 ** 20, wanted));
}
