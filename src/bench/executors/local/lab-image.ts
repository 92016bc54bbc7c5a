import { join } from 'node:path';
import {
  describedByPath,
  ImageDraft,
  type ImageReader,
  ImageStore,
  makeSigningKeys,
  type RawRun,
  type SigningKeys,
} from '../../../engine/index.ts';

/** The golden image of a lab as a published version. */
export interface LabImage {
  readonly name: string;
  readonly version: number;
  /** Where it is on the server, such as `images/lab/1`. */
  readonly folder: string;
  /** The payload: byte for byte the disk. */
  readonly payloadFile: string;
  /** By path: manifest, signature and extent map. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What machines have to check the signature with, PEM. */
  readonly publicKey: string;
}

export interface LabImagePlace {
  /** The store. */
  readonly scratchFolder: string;
  readonly pieceBytes: number;
  /** Left out: a pair that nobody else has. */
  readonly keys?: SigningKeys;
}

/**
 * Publishes a disk as an image in which chunks, pieces and disk are the same bytes: programs that know nothing of our
 * format can write it.
 */
export async function publishLabImage(
  disk: ImageReader,
  { scratchFolder, pieceBytes, keys = makeSigningKeys() }: LabImagePlace,
): Promise<LabImage> {
  const draft = await ImageDraft.begin(new ImageStore(scratchFolder), {
    name: 'lab',
    kind: 'disk',
    disk: { bytes: disk.sizeBytes, sectorBytes: 512 },
    table: 'none',
    partitions: [],
    encoding: { kind: 'raw' },
    chunkBytes: pieceBytes,
    tools: {},
    pieceBytes,
  });
  await draft.add(runsOf(disk, pieceBytes));
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
