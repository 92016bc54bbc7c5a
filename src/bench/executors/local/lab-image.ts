import { join } from 'node:path';
import {
  describedByPath,
  ENCODER,
  ImageDraft,
  type ImageReader,
  ImageStore,
  makeSigningKeys,
  type RawRun,
  type SigningKeys,
} from '../../../engine/index.ts';
import { ZSTD_LEVEL } from '../zstd-level.ts';

/** The golden image of a lab as a published version. */
export interface LabImage {
  readonly name: string;
  readonly version: number;
  /** Where it is on the server, such as `images/lab/1`. */
  readonly folder: string;
  /** The payload: the disk, byte for byte or packed. */
  readonly payloadFile: string;
  /** By path: manifest, signature and extent map. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What machines have to check the signature with, PEM. */
  readonly publicKey: string;
}

/** Of a captured image. */
const PACKED_CHUNK_BYTES = 4 * 2 ** 20;

export interface LabImageOptions {
  /** Of the store. */
  readonly folder: string;
  readonly pieceBytes: number;
  readonly encoding: 'raw' | 'zstd';
  /** Left out: a pair that nobody else has. */
  readonly keys?: SigningKeys;
}

/**
 * Publishes a disk as an image that programs can write which know nothing of our format: its payload is the disk byte
 * for byte, or its frames make the disk when they are unpacked one after the other.
 */
export async function publishLabImage(
  disk: ImageReader,
  { folder: storeFolder, pieceBytes, encoding, keys = makeSigningKeys() }: LabImageOptions,
): Promise<LabImage> {
  const isPacked = encoding === 'zstd';
  const chunkBytes = isPacked ? PACKED_CHUNK_BYTES : pieceBytes;
  const draft = await ImageDraft.begin(new ImageStore(storeFolder), {
    name: 'lab',
    kind: 'disk',
    disk: { bytes: disk.sizeBytes, sectorBytes: 512 },
    table: 'none',
    partitions: [],
    encoding: isPacked ? { kind: 'zstd', level: ZSTD_LEVEL, library: ENCODER } : { kind: 'raw' },
    chunkBytes,
    tools: {},
    pieceBytes,
  });
  await draft.add(runsOf(disk, chunkBytes));
  const published = await draft.publish(keys.privateKey);
  const { folder, files } = await describedByPath(published);
  const { name, version } = published.manifest;
  return {
    name,
    version,
    folder,
    files,
    payloadFile: join(published.folder, 'payload'),
    publicKey: keys.publicKey,
  };
}

async function* runsOf(disk: ImageReader, chunkBytes: number): AsyncGenerator<RawRun> {
  for (let diskOffset = 0; diskOffset < disk.sizeBytes; diskOffset += chunkBytes) {
    const room = Buffer.allocUnsafeSlow(Math.min(chunkBytes, disk.sizeBytes - diskOffset));
    yield { diskOffset, bytes: await disk.readAt(diskOffset, room) };
  }
}
