import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { RunFailure } from '../../failure.ts';
import { type Bencoded, type BencodedDictionary, decodeBencode, encodedEntriesOf } from '../bencode.ts';
import { ProtocolError } from '../protocol-error.ts';
import { PieceHashes } from './piece-hashes.ts';
import { filesOf, type TorrentFile } from './torrent-files.ts';

/** BEP 3: peers ask for blocks of 16 KiB, so a piece is a whole number of them. */
export const BLOCK_BYTES = 16_384;
/** A piece is in memory as a whole; clients make pieces of up to 64 MiB. */
const MOST_PIECE_BYTES = 2 ** 28;

/** The metainfo of a golden image: a BEP 3 torrent. Those that we make are of one file and private (BEP 27). */
export interface Metainfo {
  /** The file as it goes over the wire. */
  readonly bytes: Uint8Array;
  /** SHA-1 of the info dictionary, 40 hex digits. */
  readonly infoHash: string;
  /** All files together. */
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly pieceHashes: PieceHashes;
  readonly files: readonly TorrentFile[];
  readonly trackers: readonly string[];
  /** HTTP servers that have the files, too (BEP 19). */
  readonly webSeeds: readonly string[];
  /** Peers come from the tracker and from nowhere else (BEP 27). */
  readonly isPrivate: boolean;
}

export interface MetainfoRequest {
  readonly imageFile: string;
  readonly pieceBytes: number;
  /** Announce URL; left out for an image that is not shared by a swarm. */
  readonly tracker?: string;
  /** URLs at which the image is, too. */
  readonly webSeeds?: readonly string[];
  /** Hears all bytes of the image, in their order. */
  readonly hears?: (bytes: Uint8Array) => void;
}

/** Hashes the image file and makes its metainfo. */
export async function makeMetainfo(wishes: MetainfoRequest): Promise<Metainfo> {
  const { imageFile, pieceBytes, tracker, webSeeds, hears } = wishes;
  const { default: createTorrent } = await import('create-torrent');
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  createTorrent(
    hears ? Readable.from(heardBytes(imageFile, hears)) : imageFile,
    {
      name: 'golden.img',
      private: true,
      pieceLength: pieceBytes,
      announce: tracker === undefined ? [] : [tracker],
      ...(webSeeds ? { urlList: webSeeds } : {}),
      createdBy: 'swarmboot',
      filterJunkFiles: false,
    },
    (error, bytes) => (error ? reject(error) : resolve(bytes)),
  );
  return parseMetainfo(await promise);
}

async function* heardBytes(file: string, hears: (bytes: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const bytes of createReadStream(file)) {
    hears(bytes as Buffer);
    yield bytes as Buffer;
  }
}

/**
 * Reads a metainfo file, whoever made it.
 * Throws a RunFailure (`BAD_METAINFO`) where it is none, lacks piece hashes or names a file outside of its folder.
 */
export function parseMetainfo(bytes: Uint8Array): Metainfo {
  try {
    return metainfoOf(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RunFailure('BAD_METAINFO', `the metainfo cannot be read: ${cause.message}`, { cause });
  }
}

/** Bytes of one piece; the last one may be short. */
export function pieceLengthOf({ imageBytes, pieceBytes }: Metainfo, piece: number): number {
  return Math.min(pieceBytes, imageBytes - piece * pieceBytes);
}

function metainfoOf(bytes: Uint8Array): Metainfo {
  const torrent = dictionaryOf(decodeBencode(bytes));
  const info = dictionaryOf(torrent.get('info'));
  const files = filesOf(info);
  const imageBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const pieceBytes = pieceBytesOf(info);
  return {
    bytes,
    // Made of the bytes as they are: encoding the values again would give another hash where keys are out of order.
    infoHash: hash('sha1', encodedEntriesOf(bytes).get('info')!),
    imageBytes,
    pieceBytes,
    pieceHashes: pieceHashesOf(info, Math.ceil(imageBytes / pieceBytes)),
    files,
    trackers: trackersOf(torrent),
    webSeeds: textsOf(torrent.get('url-list')).filter(isWebAddress),
    isPrivate: info.get('private') === 1,
  };
}

function pieceBytesOf(info: BencodedDictionary): number {
  const pieceBytes = info.get('piece length');
  if (typeof pieceBytes === 'number' && pieceBytes > 0 && pieceBytes <= MOST_PIECE_BYTES) return pieceBytes;
  throw new ProtocolError(`pieces have from 1 to ${MOST_PIECE_BYTES} bytes`);
}

function pieceHashesOf(info: BencodedDictionary, pieces: number): PieceHashes {
  const hashes = new PieceHashes(bytesOf(info.get('pieces')));
  if (pieces > 0 && hashes.length === pieces) return hashes;
  throw new ProtocolError(`it has ${hashes.length} of ${pieces} piece hashes`);
}

/** BEP 12: where there is a list, it counts. */
function trackersOf(torrent: BencodedDictionary): string[] {
  const tiers = torrent.get('announce-list');
  const listed = Array.isArray(tiers) ? tiers.flatMap(textsOf) : [];
  return [...new Set(listed.length > 0 ? listed : textsOf(torrent.get('announce')))];
}

function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:/.test(address);
}

function dictionaryOf(value: Bencoded | undefined): BencodedDictionary {
  if (value instanceof Map) return value;
  throw new ProtocolError('it is no torrent');
}

/** Nothing where it is missing or something else. */
function bytesOf(value: Bencoded | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** One text or a list of texts. */
function textsOf(value: Bencoded | undefined): string[] {
  const values = Array.isArray(value) ? value : [value];
  return [
    ...new Set(values.map((text) => Buffer.from(bytesOf(text)).toString()).filter((text) => text !== '')),
  ];
}
