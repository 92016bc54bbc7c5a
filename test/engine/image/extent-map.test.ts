import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Chunk,
  decodeExtentMap,
  type ExtentMap,
  encodeExtentMap,
  MOST_CHUNK_BYTES,
} from '../../../src/engine/image/extent-map.ts';
import { RunFailure } from '../../../src/failure.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../fuzzing.ts';

/** What stands between a chunk and the one before it, and what it is. */
const step = fc.record({
  gap: fc.nat(2 ** 40),
  rawBytes: fc.integer({ min: 1, max: MOST_CHUNK_BYTES }),
  wireBytes: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

const someMap = fc
  .tuple(fc.array(step, { maxLength: 30 }), fc.nat(2 ** 40))
  .map(([steps, rest]): ExtentMap => {
    const chunks: Chunk[] = [];
    let [diskEnd, wireEnd] = [0, 0];
    for (const { gap, ...chunk } of steps) {
      chunks.push({ ...chunk, diskOffset: diskEnd + gap, wireOffset: wireEnd });
      diskEnd += gap + chunk.rawBytes;
      wireEnd += chunk.wireBytes;
    }
    return { diskBytes: diskEnd + rest, payloadBytes: wireEnd, chunks };
  });

const plain = ({ chunks, ...map }: ExtentMap) => ({
  ...map,
  chunks: chunks.map((chunk) => ({ ...chunk, sha256: Buffer.from(chunk.sha256).toString('hex') })),
});

const twoChunks: ExtentMap = {
  diskBytes: 100,
  payloadBytes: 15,
  chunks: [
    { diskOffset: 10, rawBytes: 20, wireOffset: 0, wireBytes: 5, sha256: new Uint8Array(32) },
    { diskOffset: 40, rawBytes: 20, wireOffset: 5, wireBytes: 10, sha256: new Uint8Array(32) },
  ],
};

/** The second chunk, changed, whatever that makes of the map. */
const changed = (change: Partial<Chunk>): ExtentMap => ({
  ...twoChunks,
  chunks: [twoChunks.chunks[0]!, { ...twoChunks.chunks[1]!, ...change }],
});

const withNumber = (at: number, value: number) => (bytes: Buffer) => {
  bytes.writeUInt32LE(value, at);
  return bytes;
};

describe('an extent map', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(someMap, (map) => {
        expect(plain(decodeExtentMap(encodeExtentMap(map)))).toEqual(plain(map));
      }),
    );
  });

  it.each<[string, ExtentMap, string]>([
    [
      'over the one before it',
      changed({ diskOffset: 29 }),
      'chunk 1: it begins at 29, inside the chunk before it',
    ],
    ['beyond the disk', changed({ diskOffset: 81 }), 'chunk 1: it ends at 101 of a disk of 100 bytes'],
    ['of nothing', changed({ rawBytes: 0 }), 'chunk 1: it has 0 bytes'],
    [
      'too large',
      changed({ rawBytes: MOST_CHUNK_BYTES + 1 }),
      `chunk 1: it has ${MOST_CHUNK_BYTES + 1} bytes`,
    ],
    ['without a payload', changed({ wireBytes: 0 }), 'chunk 1: it has no bytes in the payload'],
    [
      'with a gap in the payload',
      changed({ wireOffset: 6 }),
      'chunk 1: it stands at 6 of the payload instead of 5',
    ],
    ['short of the payload', changed({ wireBytes: 9 }), 'its chunks take 14 of 15 bytes of the payload'],
    ['beyond all numbers', { ...twoChunks, diskBytes: 2 ** 60 }, 'its disk is 1152921504606846976'],
  ])('with a chunk %s is refused', (_, map, sentence) => {
    const decode = () => decodeExtentMap(encodeExtentMap(map));
    expect(decode).toThrow(RunFailure);
    expect(decode).toThrow(sentence);
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['cut off', (bytes) => bytes.subarray(0, -1), '2 chunks take 144'],
    ['with more behind it', (bytes) => Buffer.concat([bytes, Buffer.alloc(56)]), '2 chunks take 144'],
    ['of another version', withNumber(8, 2), 'version 2, known is 1'],
    ['of too many chunks', withNumber(12, 2 ** 31), 'at most 4194304 are taken'],
    ['of nothing', () => Buffer.alloc(0), 'it does not begin like one'],
  ])('%s is refused', (_, change, sentence) => {
    const bytes = change(Buffer.from(encodeExtentMap(twoChunks)));
    expect(() => decodeExtentMap(bytes)).toThrow(sentence);
  });

  it('that is hostile costs a RunFailure at most', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const good = Buffer.from(encodeExtentMap(twoChunks));
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change), fc.nat(good.length), fc.uint8Array(), (changes, end, more) => {
        const hostile = Buffer.concat([good.subarray(0, end), more]);
        for (const [at, byte] of changes) if (at < hostile.length) hostile[at] = byte;
        try {
          const map = decodeExtentMap(hostile);
          expect(plain(decodeExtentMap(encodeExtentMap(map)))).toEqual(plain(map));
        } catch (error) {
          expect(error).toBeInstanceOf(RunFailure);
        }
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
