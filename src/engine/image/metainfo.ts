import { RunFailure } from '../../failure.ts';

/** BEP 3: peers ask for blocks of 16 KiB, so a piece is a whole number of them. */
export const BLOCK_BYTES = 16_384;

/** The metainfo of a golden image: a BEP 3 torrent of one file, private (BEP 27). */
export interface Metainfo {
  /** The file as it goes over the wire. */
  readonly bytes: Uint8Array;
  /** SHA-1 of the info dictionary, 40 hex digits. */
  readonly infoHash: string;
  readonly imageBytes: number;
  readonly pieceBytes: number;
  /** SHA-1 of every piece, 40 hex digits. */
  readonly pieceHashes: readonly string[];
  readonly trackers: readonly string[];
}

export interface MetainfoRequest {
  readonly imageFile: string;
  readonly pieceBytes: number;
  /** Announce URL; left out for an image that is not shared by a swarm. */
  readonly tracker?: string;
}

/** Hashes the image file and makes its metainfo. */
export async function makeMetainfo({ imageFile, pieceBytes, tracker }: MetainfoRequest): Promise<Metainfo> {
  const { default: createTorrent } = await import('create-torrent');
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  createTorrent(
    imageFile,
    {
      name: 'golden.img',
      private: true,
      pieceLength: pieceBytes,
      announce: tracker === undefined ? [] : [tracker],
      createdBy: 'swarmboot',
      filterJunkFiles: false,
    },
    (error, bytes) => (error ? reject(error) : resolve(bytes)),
  );
  return parseMetainfo(await promise);
}

/**
 * Reads a metainfo file.
 * Throws a RunFailure (`BAD_METAINFO`) where it is not the metainfo of one file with all its pieces.
 */
export async function parseMetainfo(bytes: Uint8Array): Promise<Metainfo> {
  const { default: parseTorrent } = await import('parse-torrent');
  const parsed = await parseTorrent(bytes).catch((cause: Error) => {
    throw new RunFailure('BAD_METAINFO', `the metainfo cannot be read: ${cause.message}`, { cause });
  });
  const pieces = Math.ceil(parsed.length / parsed.pieceLength);
  if (parsed.files.length !== 1) {
    throw new RunFailure('BAD_METAINFO', `the metainfo names ${parsed.files.length} files instead of one`);
  }
  if (!(pieces > 0) || parsed.pieces.length !== pieces) {
    throw new RunFailure(
      'BAD_METAINFO',
      `the metainfo has ${parsed.pieces.length} of ${pieces} piece hashes`,
    );
  }
  return {
    bytes,
    infoHash: parsed.infoHash,
    imageBytes: parsed.length,
    pieceBytes: parsed.pieceLength,
    pieceHashes: parsed.pieces,
    trackers: parsed.announce,
  };
}

/** Bytes of one piece; the last one may be short. */
export function pieceLengthOf({ imageBytes, pieceBytes }: Metainfo, piece: number): number {
  return Math.min(pieceBytes, imageBytes - piece * pieceBytes);
}
