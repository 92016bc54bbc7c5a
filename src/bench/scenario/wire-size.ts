import type { Bytes, Scenario } from './schema.ts';

/** F: bytes that one machine has to receive for its disk, in the wire encoding. */
export function wireSize(image: Scenario['image']): Bytes {
  const used = image.used ?? image.size;
  return image.encoding === 'zstd' ? used / image.compressionRatio : used;
}

/** Raw bytes that one machine writes to its disk. */
export function rawSize(image: Scenario['image']): Bytes {
  return image.used ?? image.size;
}

/** M: pieces of the image, the last one possibly short. */
export function pieceCount(image: Scenario['image']): number {
  return Math.ceil(wireSize(image) / image.pieceLength);
}
