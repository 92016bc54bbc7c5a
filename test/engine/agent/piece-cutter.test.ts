import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inPieces } from '../../../src/engine/agent/piece-cutter.ts';
import { someBytes } from '../an-image.ts';

describe('cutting a stream into pieces', () => {
  it('gives the same pieces however the stream arrives', async () => {
    const chunkLengths = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 });
    const property = fc.asyncProperty(
      chunkLengths,
      fc.integer({ min: 1, max: 40 }),
      async (lengths, pieceBytes) => {
        const stream = someBytes(lengths.reduce((sum, length) => sum + length, 0));
        async function* arriving() {
          let offset = 0;
          for (const length of lengths) {
            yield stream.subarray(offset, offset + length);
            offset += length;
          }
        }
        const pieces: { piece: number; bytes: Uint8Array }[] = [];
        for await (const piece of inPieces(arriving(), pieceBytes)) pieces.push(piece);
        expect(pieces.map(({ piece }) => piece)).toEqual(pieces.map((_, index) => index));
        expect(pieces.slice(0, -1).every(({ bytes }) => bytes.length === pieceBytes)).toBe(true);
        expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(stream);
        expect(pieces).toHaveLength(Math.ceil(stream.length / pieceBytes));
      },
    );
    await fc.assert(property);
  });
});
