import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeChunk, encodeChunk } from '../../../src/engine/image/chunk-codec.ts';
import { ProtocolError } from '../../../src/engine/protocol-error.ts';

const ZSTD = { kind: 'zstd', level: 3 } as const;
const LENGTHS = [1, 255, 256, 65_791, 65_792, 4 * 2 ** 20];

/** Frame_Content_Size of a frame (RFC 8878, section 3.1.1.1), or undefined where it says none. */
function sizeIn(frame: Uint8Array): number | undefined {
  const bytes = Buffer.from(frame);
  const descriptor = bytes[4]!;
  const isSingleSegment = (descriptor >> 5) & 1;
  const start = isSingleSegment ? 5 : 6;
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? bytes[start] : undefined;
    case 1:
      return bytes.readUInt16LE(start) + 256;
    case 2:
      return bytes.readUInt32LE(start);
    default:
      return Number(bytes.readBigUInt64LE(start));
  }
}

describe('the wire form of a chunk', () => {
  it.each(LENGTHS)('says how many bytes it holds, %i, and gives them back', async (length) => {
    const raw = Buffer.concat([randomBytes(Math.ceil(length / 2)), Buffer.alloc(Math.floor(length / 2))]);
    const wire = await encodeChunk(raw, ZSTD);
    expect(sizeIn(wire)).toBe(length);
    expect(Buffer.compare(await decodeChunk(wire, { rawBytes: length }, ZSTD), raw)).toBe(0);
  });

  it('is the same each time', async () => {
    const raw = Buffer.alloc(2 ** 20, 'a golden image');
    expect(await encodeChunk(raw, ZSTD)).toEqual(await encodeChunk(Buffer.from(raw), ZSTD));
  });

  it('need not say its size to be read', async () => {
    const raw = randomBytes(300_000);
    const frame = await promisify(zstdCompress)(raw);
    expect(sizeIn(frame)).toBeUndefined();
    expect(Buffer.compare(await decodeChunk(frame, { rawBytes: raw.length }, ZSTD), raw)).toBe(0);
  });

  it.each([
    ['fewer bytes', 999],
    ['more bytes', 1001],
  ])('is refused where it has %s than it should', async (_, rawBytes) => {
    const wire = await encodeChunk(randomBytes(1000), ZSTD);
    await expect(decodeChunk(wire, { rawBytes }, ZSTD)).rejects.toThrow(ProtocolError);
  });
});
