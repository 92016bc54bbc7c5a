import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeImage, type ImageDescription } from '../../../src/engine/agent/image-description.ts';
import { PayloadLayout } from '../../../src/engine/agent/payload-layout.ts';
import { ENCODER, type WireEncoding } from '../../../src/engine/image/chunk-codec.ts';
import { ImageDraft, type RawRun } from '../../../src/engine/image/image-draft.ts';
import { IMAGE_FILES, ImageStore } from '../../../src/engine/image/image-store.ts';
import { makeSigningKeys, type SigningKeys } from '../../../src/engine/image/signature.ts';
import { aFolder } from '../an-image.ts';

const LIBRARY = ENCODER;

/** What an image is to be like. */
export interface GoldenImageWishes {
  readonly chunks?: number;
  readonly chunkBytes?: number;
  readonly pieceBytes?: number;
  readonly encoding?: WireEncoding['kind'];
  /** Version of zstd that it says it was made with. */
  readonly library?: string;
  /** What it says of its disk; there is none. */
  readonly table?: 'gpt' | 'none';
  /** How many bytes of 64 are chance; 64 cannot be compressed. */
  readonly entropy?: number;
  /** Chunks that are taken from this disk instead. */
  readonly sameAs?: { readonly disk: Uint8Array; readonly isSame: (chunk: number) => boolean };
}

/** A published image. */
export interface AGoldenImage {
  readonly image: ImageDescription;
  readonly layout: PayloadLayout;
  /** The disk as it was captured; what is between the chunks is zero. */
  readonly disk: Uint8Array;
  readonly payload: Uint8Array;
  readonly folder: string;
  readonly keys: SigningKeys;
  piece(number: number): Uint8Array;
}

/** An image with a gap before every fourth chunk and a short chunk now and then; gone when the test is over. */
export async function aGoldenImage(wishes: GoldenImageWishes = {}): Promise<AGoldenImage> {
  const { chunks = 20, chunkBytes = 65_536, pieceBytes = 65_536, encoding = 'zstd' } = wishes;
  const { library = LIBRARY, entropy = 24, sameAs } = wishes;
  const runs: RawRun[] = [];
  let end = 0;
  for (let number = 0; number < chunks; number++) {
    const diskOffset = end + (number % 4 === 3 ? 8192 : 0);
    const length = number % 5 === 4 ? chunkBytes - 1536 : chunkBytes;
    const bytes = sameAs?.isSame(number)
      ? sameAs.disk.subarray(diskOffset, diskOffset + length)
      : compressible(length, entropy);
    runs.push({ diskOffset, bytes });
    end = diskOffset + length;
  }
  const diskBytes = Math.ceil(end / 4096) * 4096 + 65_536;
  const disk = new Uint8Array(diskBytes);
  for (const { diskOffset, bytes } of runs) disk.set(bytes, diskOffset);
  const keys = makeSigningKeys();
  const draft = await ImageDraft.begin(new ImageStore(await aFolder()), {
    name: 'lab',
    kind: 'disk',
    disk: { bytes: diskBytes, sectorBytes: 512 },
    table: wishes.table ?? 'none',
    partitions: [],
    encoding: encoding === 'raw' ? { kind: 'raw' } : { kind: 'zstd', level: 3, library },
    chunkBytes,
    tools: {},
    pieceBytes,
  });
  await draft.add(
    (async function* () {
      yield* runs;
    })(),
  );
  const { folder } = await draft.publish(keys.privateKey);
  const fileOf = (name: keyof typeof IMAGE_FILES): Promise<Buffer> =>
    readFile(join(folder, IMAGE_FILES[name]));
  const image = describeImage(
    {
      manifest: await fileOf('manifest'),
      signature: await fileOf('signature'),
      extentMap: await fileOf('extentMap'),
      torrent: await fileOf('torrent'),
    },
    { publicKey: keys.publicKey, imageFolder: 'images/lab/1' },
  );
  const payload = await fileOf('payload');
  const piece = (number: number): Uint8Array =>
    Uint8Array.from(payload.subarray(number * pieceBytes, (number + 1) * pieceBytes));
  return {
    image,
    layout: new PayloadLayout(image.map, pieceBytes),
    disk,
    payload,
    folder,
    keys,
    piece,
  };
}

function compressible(length: number, entropy: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 64) randomBytes(entropy).copy(bytes, at);
  return bytes;
}
