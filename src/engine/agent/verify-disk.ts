import { hash } from 'node:crypto';
import { RunFailure } from '../../failure.ts';
import { type Metainfo, pieceLengthOf } from '../image/metainfo.ts';
import type { DiskWriter } from './disk-writer.ts';

/**
 * Phase `verify`: flushes the disk, reads it back and hashes every piece.
 * Throws a RunFailure (`BAD_PIECE`) that names the first piece which is not what the metainfo says.
 * @param progressed hears the share that is done, 0 to 1
 */
export async function verifyDisk(
  disk: DiskWriter,
  metainfo: Metainfo,
  progressed: (share: number) => void,
): Promise<void> {
  await disk.flush();
  const { pieceHashes, pieceBytes } = metainfo;
  const room = Buffer.allocUnsafeSlow(Math.min(pieceBytes, metainfo.imageBytes));
  for (let piece = 0; piece < pieceHashes.length; piece++) {
    const offset = piece * pieceBytes;
    const bytes = await disk.readAt(offset, room.subarray(0, pieceLengthOf(metainfo, piece)));
    if (hash('sha1', bytes) !== pieceHashes.at(piece)) {
      throw new RunFailure('BAD_PIECE', `piece ${piece} at disk offset ${offset} does not match its hash`);
    }
    progressed((piece + 1) / pieceHashes.length);
  }
}
