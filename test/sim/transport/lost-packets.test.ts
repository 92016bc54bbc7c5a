import { assert, integer, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lackingBytes } from '../../../src/sim/transport/lost-packets.ts';
import { aModel } from '../a-model.ts';

/** Twenty bytes in pieces of eight. */
const image = aModel({ wireBytes: 20, rawBytes: 20, pieceBytes: 8 });
const lacking = (lost: number[], packetBytes: number, blockBytes: number) => [
  ...lackingBytes(image, Int32Array.from(lost), { packetBytes, blockBytes }),
];

describe('what a machine lacks after a multicast', () => {
  it('is nothing where it lost nothing', () => {
    expect(lacking([], 3, 2)).toEqual([0, 0, 0]);
  });

  it('is every block in which a lost packet lay, in both pieces that it reached', () => {
    // Bytes 6 to 8: the last block of the first piece and the first of the second.
    expect(lacking([2], 3, 2)).toEqual([2, 2, 0]);
  });

  it('counts a block once that lost two packets', () => {
    expect(lacking([0, 1], 3, 4)).toEqual([8, 0, 0]);
  });

  it('is no more than there is: the last block and the last packet are short', () => {
    expect(lacking([6], 3, 3)).toEqual([0, 0, 4]);
    expect(lacking([0], 50, 5)).toEqual([8, 8, 4]);
  });

  it('is what one finds who looks at every byte', () => {
    const cases = record({
      wireBytes: integer({ min: 1, max: 60 }),
      pieceBytes: integer({ min: 1, max: 20 }),
      packetBytes: integer({ min: 1, max: 9 }),
      blockBytes: integer({ min: 1, max: 9 }),
      losses: uniqueArray(integer({ min: 0, max: 60 })),
    });
    assert(
      property(cases, ({ wireBytes, pieceBytes, packetBytes, blockBytes, losses }) => {
        const model = aModel({ wireBytes, rawBytes: wireBytes, pieceBytes });
        const lost = losses.filter((packet) => packet * packetBytes < wireBytes).sort((a, b) => a - b);
        const blockOf = (byte: number) =>
          `${Math.floor(byte / pieceBytes)} ${Math.floor((byte % pieceBytes) / blockBytes)}`;
        const bytes = Array.from({ length: wireBytes }, (_, byte) => byte);
        const damaged = new Set(
          bytes.filter((byte) => lost.includes(Math.floor(byte / packetBytes))).map(blockOf),
        );
        const expected = Array<number>(Math.ceil(wireBytes / pieceBytes)).fill(0);
        for (const byte of bytes) if (damaged.has(blockOf(byte))) expected[Math.floor(byte / pieceBytes)]!++;
        const units = { packetBytes, blockBytes };
        expect([...lackingBytes(model, Int32Array.from(lost), units)]).toEqual(expected);
      }),
    );
  });
});
