import { describe, expect, it, onTestFinished } from 'vitest';
import { ImageReader, imageFileSize } from '../../../src/engine/image/image-reader.ts';
import { ConfigError } from '../../../src/failure.ts';
import { aFolder, anImageFile, someBytes } from '../an-image.ts';

describe('an image file', () => {
  it('is read by piece, offset and length', async () => {
    const image = someBytes(100);
    const reader = await ImageReader.open(await anImageFile(image), 40);
    onTestFinished(() => reader.close());
    expect(Buffer.from(await reader.read(2, 5, new Uint8Array(15)))).toEqual(image.subarray(85, 100));
  });

  it('ends where it ends', async () => {
    const reader = await ImageReader.open(await anImageFile(someBytes(100)), 40);
    onTestFinished(() => reader.close());
    await expect(reader.readAt(90, new Uint8Array(20))).rejects.toThrow('the image ends at byte 100');
  });

  it('has a size', async () => {
    expect(await imageFileSize(await anImageFile(someBytes(123)))).toBe(123);
  });

  it.each([
    ['that is missing', async () => `${await aFolder()}/none.img`, /does not exist; give a disk image/],
    ['that is empty', () => anImageFile(Buffer.alloc(0)), /is empty; give a disk image/],
    ['that is a folder', aFolder, /is not a plain file; give a disk image/],
  ])('%s is the person’s mistake', async (_, file, sentence) => {
    const size = imageFileSize(await file());
    await expect(size).rejects.toThrow(ConfigError);
    await expect(size).rejects.toThrow(sentence);
  });
});
