import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '../../failure.ts';
import { encodedEntriesOf } from '../bencode.ts';
import { ProtocolError } from '../protocol-error.ts';
import { decodeExtentMap } from './extent-map.ts';
import { IMAGE_FILES, type ImageVersion } from './image-store.ts';
import { decodeManifest, type Manifest } from './manifest.ts';
import { checkPayload, type PayloadFindings } from './payload-check.ts';
import { isSignedBy } from './signature.ts';
import { storedTorrent } from './stored-torrent.ts';

/** Something that is not as it was published. */
export interface ImageFault {
  /** Name of the file, or of two of which one is wrong. */
  readonly file: string;
  readonly sentence: string;
  /** From 0, where it is known. */
  readonly chunk?: number;
  /** Where that chunk is on the disk, in bytes. */
  readonly diskOffset?: number;
}

export interface VerifyWatch {
  /** Under which it stands in its store: a copy in another place is signed as well. */
  readonly place: ImageVersion;
  /** PEM. */
  readonly publicKey: string;
  readonly signal: AbortSignal;
  /** Bytes of the payload so far, of all. */
  progressed(done: number, all: number): void;
}

/** Hashes a published version of an image anew, every byte of every file. @returns what is wrong; nothing where all is well */
export async function verifyImage(folder: string, watch: VerifyWatch): Promise<ImageFault[]> {
  try {
    return await faultsOf(folder, watch);
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || path === undefined) throw cause;
    return [{ file: path.slice(folder.length + 1), sentence: 'it is missing' }];
  }
}

async function faultsOf(folder: string, watch: VerifyWatch): Promise<ImageFault[]> {
  const manifestFile = await readFile(join(folder, IMAGE_FILES.manifest));
  const signature = await readFile(join(folder, IMAGE_FILES.signature));
  const manifest = faultIn(IMAGE_FILES.manifest, () => decodeManifest(manifestFile));
  if ('sentence' in manifest) return [manifest];
  const isSigned = isSignedBy(watch.publicKey, manifestFile, signature);
  const unsigned = `one of them was changed, or they were signed with another key`;
  const signing = isSigned
    ? []
    : [{ file: `${IMAGE_FILES.manifest}, ${IMAGE_FILES.signature}`, sentence: unsigned }];
  const place = placeFaults(manifest, watch.place);
  const torrent = await torrentFaults(folder, manifest);
  return [...signing, ...place, ...torrent, ...(await bytesFaults(folder, manifest, watch))];
}

function placeFaults({ name, version }: Manifest, place: ImageVersion): ImageFault[] {
  if (name === place.name && version === place.version) return [];
  return [{ file: IMAGE_FILES.manifest, sentence: `it is that of ${name} (version ${version})` }];
}

/** Of the payload, and of the map that says where its bytes belong. */
async function bytesFaults(folder: string, manifest: Manifest, watch: VerifyWatch): Promise<ImageFault[]> {
  const mapFile = await readFile(join(folder, IMAGE_FILES.extentMap));
  const map = faultIn(IMAGE_FILES.extentMap, () => decodeExtentMap(mapFile));
  const isUsable = !('sentence' in map);
  const { signal, progressed } = watch;
  const findings = await checkPayload({
    file: join(folder, IMAGE_FILES.payload),
    manifest,
    map: isUsable ? map : { diskBytes: manifest.disk.bytes, payloadBytes: 0, chunks: [] },
    signal,
    progressed,
  });
  if (hash('sha256', mapFile) === manifest.extentMap.sha256) return payloadFaultsOf(findings);
  const { fileFault, chunkFaults } = findings;
  const payload = fileFault === null ? [] : [{ file: IMAGE_FILES.payload, sentence: fileFault }];
  if (!isUsable) return [map, ...payload];
  // With a payload that is as it was, what does not fit is the record of the chunk.
  const [changed] = fileFault === null ? chunkFaults : [];
  const sentence = 'it is not the one that the manifest names';
  return [{ ...changed, file: IMAGE_FILES.extentMap, sentence }, ...payload];
}

function payloadFaultsOf({ chunkFaults, fileFault }: PayloadFindings): ImageFault[] {
  const file = IMAGE_FILES.payload;
  if (chunkFaults.length > 0) return chunkFaults.map((fault) => ({ file, ...fault }));
  return fileFault === null ? [] : [{ file, sentence: fileFault }];
}

async function torrentFaults(folder: string, manifest: Manifest): Promise<ImageFault[]> {
  const torrent = await readFile(join(folder, IMAGE_FILES.torrent));
  const info = infoOf(torrent);
  const isNamed = info !== undefined && hash('sha1', info) === manifest.infoHash;
  if (isNamed && Buffer.compare(storedTorrent(info, new Date(manifest.created)), torrent) === 0) return [];
  const part = isNamed ? 'what is around its info dictionary' : 'its info dictionary';
  return [{ file: IMAGE_FILES.torrent, sentence: `${part} is not what was published` }];
}

function infoOf(torrent: Buffer): Uint8Array | undefined {
  try {
    return encodedEntriesOf(torrent).get('info');
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}

function faultIn<Read extends object>(file: string, read: () => Read): Read | ImageFault {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    return { file, sentence: error.message };
  }
}
