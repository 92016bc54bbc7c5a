import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, type Metainfo } from '../../../src/engine/image/metainfo.ts';
import { PieceHashes } from '../../../src/engine/image/piece-hashes.ts';
import { IncomingPieces } from '../../../src/engine/swarm/incoming-pieces.ts';
import { PieceBuffers } from '../../../src/engine/swarm/piece-buffers.ts';
import { Geometry } from '../../../src/engine/swarm/torrent/geometry.ts';
import { someBytes } from '../an-image.ts';

const PIECE_BYTES = 2 * BLOCK_BYTES;

/** One piece of two blocks that peers send, some of whom have gone when it is complete. */
function aPiece() {
  const right = someBytes(PIECE_BYTES);
  const there = new Map([
    [1, 'good'],
    [2, 'bad'],
  ]);
  const guilty: string[] = [];
  const pieces = new IncomingPieces({
    metainfo: {
      imageBytes: PIECE_BYTES,
      pieceBytes: PIECE_BYTES,
      pieceHashes: new PieceHashes(hash('sha1', right, 'buffer')),
    } as unknown as Metainfo,
    geometry: new Geometry(PIECE_BYTES, PIECE_BYTES, BLOCK_BYTES),
    store: { write: async () => {}, read: async (_piece, _offset, into) => into },
    buffers: new PieceBuffers(PIECE_BYTES, 1),
    identityOf: (peer) => there.get(peer) ?? '',
    guilty: (peerId) => guilty.push(peerId),
  });
  const send = (peer: number, block: number, bytes: Uint8Array): void => {
    const address = { piece: 0, begin: block * BLOCK_BYTES, length: BLOCK_BYTES };
    pieces.placeFor(peer, address).set(bytes.subarray(address.begin, address.begin + BLOCK_BYTES));
  };
  return { pieces, right, send, guilty, leave: (peer: number) => there.delete(peer) };
}

describe('a piece that comes from several peers', () => {
  it('tells who has spoilt it, though that one hung up before it was complete', async () => {
    const { pieces, right, send, guilty, leave } = aPiece();
    send(2, 0, Buffer.alloc(PIECE_BYTES, 1));
    leave(2);
    send(1, 1, right);
    expect(await pieces.complete(0, [2, 1])).toBeUndefined();
    for (const block of [0, 1]) send(1, block, right);
    expect(Buffer.from((await pieces.complete(0, [1, 1]))!).equals(right)).toBe(true);
    expect(guilty).toEqual(['bad']);
  });
});
