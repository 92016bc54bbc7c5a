import { ProtocolError } from '../../protocol-error.ts';

/** A disk, or a partition of one: bytes that can be read at any place. */
export interface Volume {
  readonly bytes: number;
  /**
   * @returns just so many bytes, the reader's own
   * @throws ProtocolError where they are not all within the volume: whatever named the place is wrong
   */
  read(offset: number, bytes: number): Promise<Buffer>;
}

/** Throws the ProtocolError of `Volume.read`. */
export function assertWithin(volume: Pick<Volume, 'bytes'>, offset: number, bytes: number): void {
  if (offset >= 0 && bytes >= 0 && offset + bytes <= volume.bytes) return;
  throw new ProtocolError(
    `it leads to bytes ${offset} to ${offset + bytes}, beyond its end at ${volume.bytes}`,
  );
}

/** A volume within a volume. */
export function partOf(volume: Volume, start: number, bytes: number): Volume {
  assertWithin(volume, start, bytes);
  const part: Volume = {
    bytes,
    read: async (offset, length) => {
      assertWithin(part, offset, length);
      return volume.read(start + offset, length);
    },
  };
  return part;
}

/** Reads this much at a time where much is read. */
const PIECE_BYTES = 2 ** 20;

/** The bytes of a range, a mebibyte at a time. */
export async function* piecesOf(volume: Volume, offset: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += PIECE_BYTES)
    yield await volume.read(offset + at, Math.min(PIECE_BYTES, bytes - at));
}
