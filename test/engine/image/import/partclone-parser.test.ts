import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partcloneCrc32 } from '../../../../src/engine/image/import/block-checks.ts';
import { PartcloneParser } from '../../../../src/engine/image/import/partclone-parser.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { type AStream, aPartcloneStream } from './a-partclone-stream.ts';
import { streamOfVersion1 } from './partclone-version-1.ts';

/** Parses a stream that comes in parts of so many bytes; returns the partition. */
function parsed(stream: Uint8Array, partitionBytes: number, partBytes = stream.length): Buffer {
  const parser = new PartcloneParser(partitionBytes);
  const partition = Buffer.alloc(partitionBytes);
  let end = 0;
  for (let at = 0; at < stream.length; at += partBytes)
    for (const { offset, bytes } of parser.push(stream.subarray(at, at + partBytes))) {
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + bytes.length;
      expect(end).toBeLessThanOrEqual(partitionBytes);
      partition.set(bytes, offset);
    }
  parser.end();
  return partition;
}

const anyStream = fc
  .record({
    blocks: fc.integer({ min: 1, max: 60 }),
    blockBytes: fc.constantFrom(512, 1024),
    used: fc.uniqueArray(fc.nat({ max: 59 }), { maxLength: 60 }),
    checked: fc.nat({ max: 5 }),
    reseeds: fc.boolean(),
  })
  .map(({ used, blocks, ...rest }) => ({
    ...rest,
    blocks,
    used: used.filter((block) => block < blocks).sort((one, other) => one - other),
  }));

describe('PartcloneParser', () => {
  it('yields the used blocks at their places, in whatever parts the stream comes', () => {
    fc.assert(
      fc.property(anyStream, fc.integer({ min: 1, max: 3000 }), (wishes, partBytes) => {
        const { stream, partition } = aPartcloneStream(wishes);
        expect(parsed(stream, partition.length, partBytes).equals(partition)).toBe(true);
      }),
    );
  });

  it('reads the same from a stream of version 1', () => {
    fc.assert(
      fc.property(anyStream, fc.integer({ min: 1, max: 6000 }), (wishes, partBytes) => {
        const { stream, partition } = aPartcloneStream(wishes);
        expect(
          parsed(streamOfVersion1(stream, partition), partition.length, partBytes).equals(partition),
        ).toBe(true);
      }),
    );
  });

  it('names what is in use as soon as the map has come, before any block', () => {
    const { stream, partition } = aPartcloneStream();
    const parser = new PartcloneParser(partition.length);
    expect([...parser.push(stream.subarray(0, 118))]).toEqual([]);
    expect(parser.usedBytes).toBeUndefined();
    expect([...parser.push(stream.subarray(118, 119))]).toEqual([]);
    expect(parser.usedBytes).toBe(6 * 512);
  });

  it.each<[string, AStream, string]>([
    ['another version', { version: '0003' }, 'it is of version "0003"'],
    ['a computer that counts from the other end', { endianness: 0xdec0 }, 'from the other end'],
    ['blocks that are no blocks', { blockBytes: 100 }, 'blocks of 100 bytes'],
    ['no blocks at all', { blocks: 0, used: [] }, 'it has 0 blocks'],
    ['more blocks than memory is meant for', { blocks: 2 ** 40 }, 'it has 1099511627776 blocks'],
    [
      'more blocks than the partition has room for',
      { blocks: 41, used: [0] },
      'are more than the partition of 20480',
    ],
    ['a map of another kind', { map: 8 }, 'its map of used blocks is of kind 8'],
    ['checksums of another kind', { checksumKind: 0x30 }, 'checksums of kind 0x00000030'],
  ])('refuses %s', (_, wishes, message) => {
    const { stream } = aPartcloneStream(wishes);
    expect(() => parsed(stream, 20_480)).toThrow(message);
    expect(() => parsed(stream, 20_480)).toThrow(ProtocolError);
  });

  it('refuses a used block that reaches over the end of the partition', () => {
    const { stream } = aPartcloneStream({ blockBytes: 1024, blocks: 20, used: [3, 19] });
    expect(() => parsed(stream, 20_479)).toThrow('block 19 ends at 20480 of a partition of 20479 bytes');
    const { stream: other } = aPartcloneStream({ blockBytes: 1024, blocks: 20, used: [3, 18] });
    expect(parsed(other, 20_479).length).toBe(20_479);
  });

  it('refuses a stream that is cut off anywhere, or goes on', () => {
    const { stream, partition } = aPartcloneStream();
    for (let length = 0; length < stream.length; length++)
      expect(() => parsed(stream.subarray(0, length), partition.length), String(length)).toThrow(
        /it ends in/,
      );
    expect(() => parsed(Buffer.concat([stream, Buffer.of(0)]), partition.length)).toThrow(
      'it goes on behind its last block',
    );
  });

  it('notices every flipped bit of header, map, blocks and checksums', () => {
    const { stream, partition } = aPartcloneStream();
    for (let at = 0; at < stream.length; at++) {
      const flipped = Buffer.from(stream);
      flipped[at]! ^= 1 << (at % 8);
      expect(() => parsed(flipped, partition.length), `byte ${at}`).toThrow(ProtocolError);
    }
  });

  it('refuses a byte map that says something else than yes and no, and one without its end', () => {
    const { stream, partition } = aPartcloneStream();
    const first = streamOfVersion1(stream, partition);
    const odd = Buffer.from(first);
    odd[4160 + 7] = 2;
    expect(() => parsed(odd, partition.length)).toThrow('its map of used blocks has 2 for block 7');
    const endless = Buffer.from(first);
    endless[4160 + 40] = 0;
    expect(() => parsed(endless, partition.length)).toThrow('does not end like one');
  });

  it('says no more than what is wrong of any bytes, and never leaves the partition', {
    timeout: FUZZ_TIMEOUT_MS,
  }, () => {
    const start = aPartcloneStream().stream;
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      // Mostly right, with some bytes changed; the checksum of the header is made right again.
      fc
        .tuple(
          anyStream,
          fc.boolean(),
          fc.array(fc.tuple(fc.nat({ max: 6000 }), fc.nat({ max: 255 })), { maxLength: 8 }),
        )
        .map(([wishes, isFirst, changes]) => mutated(isFirst, wishes, changes)),
      fc.uint8Array({ maxLength: 300 }).map((rest) => Buffer.concat([start.subarray(0, 110), rest])),
    );
    fc.assert(
      fc.property(
        anyBytes,
        fc.integer({ min: 1, max: 4096 }),
        fc.integer({ min: 1, max: 70_000 }),
        (bytes, partBytes, partitionBytes) => {
          try {
            parsed(bytes, partitionBytes, partBytes);
          } catch (cause) {
            if (!(cause instanceof ProtocolError)) throw cause;
          }
        },
      ),
      UNTIL_TIME_IS_UP,
    );
  });
});

function mutated(isFirst: boolean, wishes: AStream, changes: readonly [number, number][]): Buffer {
  const { stream, partition } = aPartcloneStream(wishes);
  const bytes = isFirst ? streamOfVersion1(stream, partition) : stream;
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  if (!isFirst) bytes.writeUInt32LE(partcloneCrc32(bytes.subarray(0, 106)), 106);
  return bytes;
}
