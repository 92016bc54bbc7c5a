import { hash } from 'node:crypto';
import { type Encodable, encodeBencode } from '../../src/engine/bencode.ts';
import { type Metainfo, parseMetainfo } from '../../src/engine/image/metainfo.ts';

/** A file, its path from the name of the torrent down. */
export interface AFile {
  readonly path: readonly string[];
  readonly bytes: Uint8Array;
}

/** A run of bytes cut into so many files, large and small, some empty, in folders. */
export function filesIn(image: Uint8Array, count: number): AFile[] {
  const share = image.length / count;
  const cuts = Array.from({ length: count + 1 }, (_, place) =>
    // Every seventh ends where it begins; the others are moved to and fro.
    place === count ? image.length : Math.round(share * (place - (place % 7 === 3 ? 1 : 0))),
  );
  return Array.from({ length: count }, (_, place) => ({
    path: ['system', `folder ${place % 10}`, `ä${place}.bin`],
    bytes: image.subarray(cuts[place]!, cuts[place + 1]!),
  }));
}

/** The public torrent of these files as others make it (BEP 3). */
export function aTorrentOfFiles(files: readonly AFile[], pieceBytes: number, tracker?: string): Metainfo {
  const image = Buffer.concat(files.map(({ bytes }) => bytes));
  const hashes: string[] = [];
  for (let at = 0; at < image.length; at += pieceBytes)
    hashes.push(hash('sha1', image.subarray(at, at + pieceBytes)));
  const info = new Map<string, Encodable>([
    ['name', files[0]!.path[0]!],
    ['piece length', pieceBytes],
    ['pieces', Buffer.from(hashes.join(''), 'hex')],
    [
      'files',
      files.map(
        ({ path, bytes }) =>
          new Map<string, Encodable>([
            ['path', path.slice(1)],
            ['length', bytes.length],
          ]),
      ),
    ],
  ]);
  return parseMetainfo(
    encodeBencode(
      new Map<string, Encodable>([
        ['info', info],
        ['announce', tracker ?? ''],
      ]),
    ),
  );
}
