import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeMetainfo, parseMetainfo, pieceLengthOf } from '../../../src/engine/image/metainfo.ts';
import { anImageFile, someBytes } from '../an-image.ts';

const PIECE = 32_768;
const TRACKER = 'http://127.0.0.1:6969/announce';

describe('metainfo', () => {
  it('holds the SHA-1 of every piece, the last one short', async () => {
    const image = someBytes(2 * PIECE + 1_000);
    const metainfo = await makeMetainfo({ imageFile: await anImageFile(image), pieceBytes: PIECE });
    const sha1 = (start: number) =>
      createHash('sha1')
        .update(image.subarray(start, start + PIECE))
        .digest('hex');
    expect(metainfo.pieceHashes).toEqual([sha1(0), sha1(PIECE), sha1(2 * PIECE)]);
    expect(metainfo.imageBytes).toBe(image.length);
    expect([0, 1, 2].map((piece) => pieceLengthOf(metainfo, piece))).toEqual([PIECE, PIECE, 1_000]);
  });

  it('is private and names its tracker', async () => {
    const imageFile = await anImageFile(someBytes(PIECE));
    const metainfo = await makeMetainfo({ imageFile, pieceBytes: PIECE, tracker: TRACKER });
    expect(Buffer.from(metainfo.bytes).toString('latin1')).toContain('7:privatei1e');
    expect(metainfo.trackers).toEqual([TRACKER]);
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
    expect(await parseMetainfo(metainfo.bytes)).toEqual(metainfo);
  });

  it('is refused where it cannot be read', async () => {
    await expect(parseMetainfo(Buffer.from('not bencoded'))).rejects.toMatchObject({ code: 'BAD_METAINFO' });
  });

  it('is refused where a piece hash is missing', async () => {
    const { bytes } = await makeMetainfo({
      imageFile: await anImageFile(someBytes(2 * PIECE)),
      pieceBytes: PIECE,
    });
    const text = Buffer.from(bytes).toString('latin1');
    const start = text.indexOf('6:pieces40:');
    const shorter = `${text.slice(0, start)}6:pieces20:${text.slice(start + 11, start + 31)}${text.slice(start + 51)}`;
    await expect(parseMetainfo(Buffer.from(shorter, 'latin1'))).rejects.toThrow('1 of 2 piece hashes');
  });
});
