import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  integer,
  property,
  record,
  string,
  tuple,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Encodable, encodeBencode } from '../../../src/engine/bencode.ts';
import { makeMetainfo, parseMetainfo, pieceLengthOf } from '../../../src/engine/image/metainfo.ts';
import { anImageFile, someBytes } from '../an-image.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../fuzzing.ts';
import { damaged, someBencoding } from '../some-bencoding.ts';

const PIECE = 32_768;
const TRACKER = 'http://127.0.0.1:6969/announce';

/** Under the keys that are looked at. */
const someTorrentBytes: Arbitrary<Uint8Array> = tuple(someBencoding, someBencoding).map(([info, webSeeds]) =>
  Buffer.concat([Buffer.from('d4:info'), info, Buffer.from('8:url-list'), webSeeds, Buffer.from('e')]),
);

const someName = constantFrom('a', 'b', '..', '.', '', 'a/b', 'a\0b', '../x');
const someLength = constantFrom(0, 1, 16_384, 40_000, 2 ** 40, Number.MAX_SAFE_INTEGER, -1);
const someFile = record({ path: array(someName, { maxLength: 3 }), length: someLength });
/** Torrents that are right as often as not: of one file or several, with as many hashes as they need or others. */
const someTorrent: Arbitrary<Uint8Array> = record(
  {
    name: someName,
    length: someLength,
    files: array(someFile, { maxLength: 3 }),
    'piece length': constantFrom(1, 16_384, 2 ** 28, 0, -1, 2 ** 40),
    pieces: integer({ min: 0, max: 4 }).map((hashes) => Buffer.alloc(20 * hashes)),
    private: integer({ min: 0, max: 2 }),
    announce: string({ maxLength: 20 }),
  },
  { requiredKeys: ['name', 'pieces'] },
).map(({ files, announce = '', ...info }) =>
  encodeBencode(
    new Map<string, Encodable>([
      [
        'info',
        new Map<string, Encodable>([
          ...Object.entries(info),
          ...(files ? [['files', files.map((file) => new Map(Object.entries(file)))] as const] : []),
        ]),
      ],
      ['announce', announce],
    ]),
  ),
);

/** What is read can be worked with: no more pieces than hashes, and no file outside of its folder. */
function readOrRefused(bytes: Uint8Array): void {
  let metainfo: ReturnType<typeof parseMetainfo>;
  try {
    metainfo = parseMetainfo(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_METAINFO' });
    return;
  }
  const { imageBytes, pieceBytes, pieceHashes, files, infoHash } = metainfo;
  const last = pieceHashes.length - 1;
  expect(pieceLengthOf(metainfo, last)).toBeGreaterThan(0);
  expect(last * pieceBytes + pieceLengthOf(metainfo, last)).toBe(imageBytes);
  expect(Number.isSafeInteger(imageBytes)).toBe(true);
  expect(infoHash).toMatch(/^[0-9a-f]{40}$/);
  for (const { path } of files)
    expect(posix.relative('/folder', posix.join('/folder', ...path))).toBe(path.join('/'));
}

describe('metainfo', () => {
  it('holds the SHA-1 of every piece, the last one short', async () => {
    const image = someBytes(2 * PIECE + 1_000);
    const metainfo = await makeMetainfo({ imageFile: await anImageFile(image), pieceBytes: PIECE });
    const sha1 = (start: number) =>
      createHash('sha1')
        .update(image.subarray(start, start + PIECE))
        .digest('hex');
    expect([0, 1, 2].map((piece) => metainfo.pieceHashes.at(piece))).toEqual([
      sha1(0),
      sha1(PIECE),
      sha1(2 * PIECE),
    ]);
    expect(metainfo.imageBytes).toBe(image.length);
    expect([0, 1, 2].map((piece) => pieceLengthOf(metainfo, piece))).toEqual([PIECE, PIECE, 1_000]);
  });

  it('is private and names its tracker', async () => {
    const imageFile = await anImageFile(someBytes(PIECE));
    const metainfo = await makeMetainfo({ imageFile, pieceBytes: PIECE, tracker: TRACKER });
    expect(Buffer.from(metainfo.bytes).toString('latin1')).toContain('7:privatei1e');
    expect(metainfo).toMatchObject({ trackers: [TRACKER], isPrivate: true, webSeeds: [] });
    expect(metainfo.files).toEqual([{ path: ['golden.img'], bytes: PIECE }]);
  });

  it('names no tracker where none was given', async () => {
    const { trackers } = await makeMetainfo({
      imageFile: await anImageFile(someBytes(9)),
      pieceBytes: PIECE,
    });
    expect(trackers).toEqual([]);
  });

  it('is the same after it went over the wire', async () => {
    const imageFile = await anImageFile(someBytes(3 * PIECE));
    const metainfo = await makeMetainfo({ imageFile, pieceBytes: PIECE, tracker: TRACKER });
    expect(parseMetainfo(metainfo.bytes)).toEqual(metainfo);
  });

  it('names HTTP servers that have the image, and is the same torrent with them', async () => {
    const imageFile = await anImageFile(someBytes(PIECE));
    const wishes = { imageFile, pieceBytes: PIECE };
    const webSeeds = ['http://127.0.0.1:8080/image', 'https://mirror.example/golden.img'];
    const metainfo = await makeMetainfo({ ...wishes, webSeeds });
    expect(metainfo.webSeeds).toEqual(webSeeds);
    expect(metainfo.infoHash).toBe((await makeMetainfo(wishes)).infoHash);
  });
});

/** A torrent of others: two files over three pieces, with such changes of its info dictionary and around it. */
function aTorrent(info: Record<string, Encodable> = {}, around: Record<string, Encodable> = {}): Uint8Array {
  const files = [aFile(['etc', 'hosts'], 40_000), aFile(['boot', 'x\\x2dy'], 30_000)];
  const whole = { name: 'system', files, 'piece length': PIECE, pieces: Buffer.alloc(3 * 20, 7), ...info };
  return encodeBencode(new Map(Object.entries({ info: new Map(Object.entries(whole)), ...around })));
}

function aFile(path: Encodable[], length: number): Encodable {
  return new Map<string, Encodable>([
    ['path', path],
    ['length', length],
  ]);
}

describe('a metainfo of others', () => {
  it('has many files, which are one run of bytes', () => {
    const metainfo = parseMetainfo(aTorrent());
    expect(metainfo).toMatchObject({ imageBytes: 70_000, pieceBytes: PIECE, isPrivate: false, trackers: [] });
    expect(metainfo.files).toEqual([
      { path: ['system', 'etc', 'hosts'], bytes: 40_000 },
      { path: ['system', 'boot', 'x\\x2dy'], bytes: 30_000 },
    ]);
    expect(metainfo.pieceHashes).toHaveLength(3);
    expect(pieceLengthOf(metainfo, 2)).toBe(70_000 - 2 * PIECE);
  });

  it('keeps its info hash where its keys are out of order', () => {
    const info = 'd6:pieces20:aaaaaaaaaaaaaaaaaaaa4:name1:x12:piece lengthi16384e6:lengthi9ee';
    const { infoHash } = parseMetainfo(Buffer.from(`d4:info${info}e`));
    expect(infoHash).toBe(createHash('sha1').update(info).digest('hex'));
  });

  it('names its trackers and web servers once each', () => {
    const around = {
      announce: 'http://ignored/announce',
      'announce-list': [[TRACKER, 'udp://a:1'], [TRACKER], 7],
      'url-list': ['ftp://old/', 'http://new/', 'http://new/', 'nonsense', 5],
    };
    expect(parseMetainfo(aTorrent({ private: 1 }, around))).toMatchObject({
      trackers: [TRACKER, 'udp://a:1'],
      webSeeds: ['http://new/'],
      isPrivate: true,
    });
    expect(parseMetainfo(aTorrent({}, { 'url-list': 'http://one/' })).webSeeds).toEqual(['http://one/']);
    expect(parseMetainfo(aTorrent({}, { 'url-list': '' })).webSeeds).toEqual([]);
  });

  it.each<[string, Record<string, Encodable>]>([
    ['".." is no name of a file', { files: [aFile(['..', 'etc', 'passwd'], 70_000)] }],
    ['"." is no name of a file', { files: [aFile(['.'], 70_000)] }],
    ['"/etc/passwd" is no name of a file', { files: [aFile(['/etc/passwd'], 70_000)] }],
    ['"" is no name of a file', { files: [aFile(['', 'etc'], 70_000)] }],
    ['"a\\u0000b" is no name of a file', { files: [aFile(['a\0b'], 70_000)] }],
    ['".." is no name of a file', { name: '..' }],
    ['one of its files has no name', { files: [aFile([], 70_000)] }],
    ['one of its files has no name', { files: [aFile([5], 70_000)] }],
    ['one of its files has no name', { name: 5 }],
    ['one of its files has no length', { files: [aFile(['a'], -1)] }],
    ['two of its files have one name', { files: [aFile(['a'], 35_000), aFile(['a'], 35_000)] }],
    ['its list of files is none', { files: [] }],
    ['its list of files is none', { files: ['a'] }],
    ['it has 3 of 0 piece hashes', { files: [aFile(['a'], 0)] }],
    ['it has 2 of 3 piece hashes', { pieces: Buffer.alloc(40) }],
    ['it has 2.05 of 3 piece hashes', { pieces: Buffer.alloc(41) }],
    ['it has 0 of 3 piece hashes', { pieces: 7 }],
    ['pieces have from 1 to 268435456 bytes', { 'piece length': 0 }],
    ['pieces have from 1 to 268435456 bytes', { 'piece length': 2 ** 29 }],
  ])('is refused where %s', (reason, info) => {
    expect(() => parseMetainfo(aTorrent(info))).toThrow(
      expect.objectContaining({ code: 'BAD_METAINFO', message: `the metainfo cannot be read: ${reason}` }),
    );
  });

  it.each(['not bencoded', 'l-3:e', 'le', 'de', 'd4:infolee'])('is refused where it is %s', (bytes) => {
    expect(() => parseMetainfo(Buffer.from(bytes))).toThrow(
      expect.objectContaining({ code: 'BAD_METAINFO' }),
    );
  });

  it.each([
    ['bytes that look like bencoding', someTorrentBytes],
    ['any values under the keys of a torrent', someTorrent],
    ['a torrent that was damaged', damaged(someTorrent)],
  ])('is read or refused: %s', { timeout: FUZZ_TIMEOUT_MS }, (_what, bytes) => {
    assert(property(bytes, readOrRefused), UNTIL_TIME_IS_UP);
  });
});

describe('the metainfo of 100 GB', () => {
  const IMAGE_BYTES = 100e9;

  it.each([16, 256, 16_384])('is read in little memory with pieces of %d KiB', (pieceKib) => {
    const pieceBytes = pieceKib * 1024;
    const pieces = Buffer.alloc(Math.ceil(IMAGE_BYTES / pieceBytes) * 20);
    for (let at = 0; at < pieces.length; at += 20) pieces.writeUInt32BE(at / 20, at);
    const files = [aFile(['a'], IMAGE_BYTES)];
    const bytes = aTorrent({ files, 'piece length': pieceBytes, pieces });
    const before = process.memoryUsage();
    const { pieceHashes, imageBytes } = parseMetainfo(bytes);
    const after = process.memoryUsage();
    expect(imageBytes).toBe(IMAGE_BYTES);
    const last = pieceHashes.length - 1;
    expect(pieceHashes.at(last)).toBe(last.toString(16).padStart(8, '0').padEnd(40, '0'));
    const grownBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grownBytes).toBeLessThan(2 ** 20);
  });
});
