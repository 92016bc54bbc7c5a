import { hash } from 'node:crypto';
import { RunFailure } from '../../failure.ts';
import { decodeExtentMap, type ExtentMap } from '../image/extent-map.ts';
import { decodeManifest, type Manifest } from '../image/manifest.ts';
import { type Metainfo, parseMetainfo } from '../image/metainfo.ts';
import { folderOnServer } from '../image/served-image.ts';
import { isSignedBy } from '../image/signature.ts';

/** The files that describe an image, as they come over the network. */
export interface ImageDescriptionFiles {
  readonly manifest: Uint8Array;
  readonly signature: Uint8Array;
  readonly extentMap: Uint8Array;
  readonly torrent: Uint8Array;
}

/** Everything that is to be known of an image before its bytes come. */
export interface ImageDescription {
  readonly manifest: Manifest;
  readonly map: ExtentMap;
  readonly metainfo: Metainfo;
}

/**
 * Reads the description of an image and makes sure that all of it was signed: the signature is over the manifest, which
 * names the digests of extent map and torrent, which name those of all bytes. It has to be the image that was asked for:
 * another one of the same store is signed as well.
 * Throws a RunFailure: `BAD_SIGNATURE`, `BAD_MANIFEST`, `BAD_EXTENT_MAP` or `BAD_METAINFO`.
 * @param expected the public key as PEM, and the folder of the image on the server
 */
export function describeImage(
  files: ImageDescriptionFiles,
  { publicKey, imageFolder }: { publicKey: string; imageFolder: string },
): ImageDescription {
  if (!isSignedBy(publicKey, files.manifest, files.signature)) {
    throw new RunFailure(
      'BAD_SIGNATURE',
      'the manifest was not signed with the key that this agent trusts: nothing is written',
    );
  }
  const manifest = decodeManifest(files.manifest);
  const { name, version } = manifest;
  if (folderOnServer(name, version) !== imageFolder)
    throw new RunFailure(
      'BAD_MANIFEST',
      `the manifest is that of ${name} (version ${version}), but ${imageFolder} was asked for: nothing is written`,
    );
  return {
    manifest,
    map: extentMapOf(files.extentMap, manifest),
    metainfo: metainfoOf(files.torrent, manifest),
  };
}

function extentMapOf(bytes: Uint8Array, { extentMap, disk, payload, chunkBytes }: Manifest): ExtentMap {
  if (hash('sha256', bytes) !== extentMap.sha256)
    throw new RunFailure('BAD_EXTENT_MAP', 'the extent map is not the one that the manifest names');
  const map = decodeExtentMap(bytes);
  const isOfManifest =
    map.diskBytes === disk.bytes &&
    map.payloadBytes === payload.bytes &&
    map.chunks.every(({ rawBytes }) => rawBytes <= chunkBytes);
  if (isOfManifest) return map;
  throw new RunFailure('BAD_EXTENT_MAP', 'the extent map has other sizes than the manifest');
}

function metainfoOf(bytes: Uint8Array, { infoHash, payload }: Manifest): Metainfo {
  const metainfo = parseMetainfo(bytes);
  if (metainfo.infoHash !== infoHash)
    throw new RunFailure('BAD_METAINFO', 'the torrent is not the one that the manifest names');
  if (metainfo.imageBytes === payload.bytes) return metainfo;
  throw new RunFailure(
    'BAD_METAINFO',
    `the torrent is of ${metainfo.imageBytes} instead of ${payload.bytes} bytes`,
  );
}
