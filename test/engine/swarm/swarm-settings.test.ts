import { describe, expect, it } from 'vitest';
import { askedBlocksOf } from '../../../src/engine/swarm/swarm-settings.ts';
import { Geometry } from '../../../src/engine/swarm/torrent/geometry.ts';

const BLOCK = 16_384;

describe('blocks that are on their way at a time', () => {
  it.each([
    [1, 6],
    [2, 8],
    [4, 16],
    [8, 16],
    [16, 32],
    [64, 128],
    [1024, 256],
  ])('with pieces of %i blocks are %i from several sources', (pieceBlocks, asked) => {
    const pieceBytes = pieceBlocks * BLOCK;
    expect(askedBlocksOf(new Geometry(10 * pieceBytes, pieceBytes, BLOCK)).askedBlocks).toBe(asked);
  });

  it.each([
    [1, 32],
    [16, 32],
    [64, 128],
    [1024, 256],
  ])('with pieces of %i blocks are %i from one that sends alone', (pieceBlocks, asked) => {
    const pieceBytes = pieceBlocks * BLOCK;
    expect(askedBlocksOf(new Geometry(10 * pieceBytes, pieceBytes, BLOCK)).loneBlocks).toBe(asked);
  });
});
