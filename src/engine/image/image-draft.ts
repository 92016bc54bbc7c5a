import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeChunk } from './chunk-codec.ts';
import { type Chunk, encodeExtentMap } from './extent-map.ts';
import { IMAGE_FILES, type ImageStore, type StoredImage } from './image-store.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { makeMetainfo } from './metainfo.ts';
import { signatureOf } from './signature.ts';

/** What is known of an image before its bytes are read. */
export interface DraftPlan
  extends Pick<
    Manifest,
    'name' | 'kind' | 'disk' | 'table' | 'partitions' | 'encoding' | 'chunkBytes' | 'tools'
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

/** A version of an image that is being made: nobody sees it until it is published whole, signed and flushed. */
export class ImageDraft {
  readonly #store: ImageStore;
  readonly #plan: DraftPlan;
  readonly #version: number;
  readonly #folder: string;
  readonly #payload: FileHandle;
  readonly #sha256 = createHash('sha256');
  readonly #chunks: Chunk[] = [];
  #payloadBytes = 0;
  #rawBytes = 0;

  private constructor(
    store: ImageStore,
    plan: DraftPlan,
    place: { version: number; folder: string; payload: FileHandle },
  ) {
    this.#store = store;
    this.#plan = plan;
    this.#version = place.version;
    this.#folder = place.folder;
    this.#payload = place.payload;
  }

  static async begin(store: ImageStore, plan: DraftPlan): Promise<ImageDraft> {
    const version = await store.nextVersion(plan.name);
    const folder = await store.draftFolder(plan.name, version);
    const payload = await open(join(folder, IMAGE_FILES.payload), 'w');
    return new ImageDraft(store, plan, { version, folder, payload });
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

  /** Makes manifest, torrent and signature, flushes all and gives the folder its name. */
  async publish(privateKey: string): Promise<StoredImage> {
    await this.#payload.sync();
    await this.#payload.close();
    const extentMap = encodeExtentMap({
      diskBytes: this.#plan.disk.bytes,
      payloadBytes: this.#payloadBytes,
      chunks: this.#chunks,
    });
    const { pieceBytes = pieceBytesFor(this.#payloadBytes), ...described } = this.#plan;
    const metainfo = await makeMetainfo({ imageFile: join(this.#folder, IMAGE_FILES.payload), pieceBytes });
    const manifest: Manifest = {
      format: 1,
      version: this.#version,
      created: new Date().toISOString(),
      ...described,
      extentMap: { sha256: createHash('sha256').update(extentMap).digest('hex'), bytes: extentMap.length },
      payload: { sha256: this.#sha256.digest('hex'), bytes: this.#payloadBytes, rawBytes: this.#rawBytes },
      infoHash: metainfo.infoHash,
    };
    const manifestFile = encodeManifest(manifest);
    await this.#write(IMAGE_FILES.extentMap, extentMap);
    await this.#write(IMAGE_FILES.torrent, metainfo.bytes);
    await this.#write(IMAGE_FILES.signature, signatureOf(manifestFile, privateKey));
    await this.#write(IMAGE_FILES.manifest, manifestFile);
    const folder = this.#store.publishedFolder(manifest.name, manifest.version);
    await rename(this.#folder, folder);
    return { folder, manifest };
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#payload.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #encoded({ diskOffset, bytes }: RawRun): Promise<EncodedChunk> {
    const wire = await encodeChunk(bytes, this.#plan.encoding);
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
    return { diskOffset, rawBytes: bytes.length, wire, sha256 };
  }

  async #keep({ wire, ...chunk }: EncodedChunk): Promise<void> {
    this.#chunks.push({ ...chunk, wireOffset: this.#payloadBytes, wireBytes: wire.length });
    this.#sha256.update(wire);
    await this.#payload.writev([wire]);
    this.#payloadBytes += wire.length;
    this.#rawBytes += chunk.rawBytes;
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(this.#folder, name), bytes, { flush: true });
  }
}

interface EncodedChunk {
  readonly diskOffset: number;
  readonly rawBytes: number;
  readonly wire: Uint8Array;
  readonly sha256: Uint8Array;
}

/** A power of two that gives 1,000 to 4,000 pieces, from 1 to 16 MiB. */
export function pieceBytesFor(payloadBytes: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(payloadBytes / 4000));
  return Math.min(16 * 2 ** 20, Math.max(2 ** 20, wanted));
}
