/** Of an image as a scenario describes it; sizes in bytes. */
export interface ImageSizes {
  readonly size: number;
  readonly used?: number | undefined;
  readonly pieceLength: number;
  readonly encoding: 'raw' | 'zstd';
  readonly compressionRatio: number;
}

/** F: bytes that one machine has to receive for its disk, in the wire encoding. */
export function wireSize(image: Omit<ImageSizes, 'pieceLength'>): number {
  const used = rawSize(image);
  return image.encoding === 'zstd' ? used / image.compressionRatio : used;
}

/** Raw bytes that one machine writes to its disk. */
export function rawSize({ size, used }: Pick<ImageSizes, 'size' | 'used'>): number {
  return used ?? size;
}

/** M: pieces of the image, the last one possibly short. */
export function pieceCount(image: ImageSizes): number {
  return Math.ceil(wireSize(image) / image.pieceLength);
}
