import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeImage } from '../../../src/engine/agent/image-description.ts';
import { IMAGE_FILES } from '../../../src/engine/image/image-store.ts';
import { keysOf } from '../../../src/engine/image/store-keys.ts';
import { anImageFile, someBytes } from '../an-image.ts';
import { aStore, capture } from '../image/a-captured-image.ts';

describe('the description of an image', () => {
  it('is refused where it is that of an older version, however well that is signed', async () => {
    const store = await aStore();
    const source = await anImageFile(someBytes(2 ** 20));
    const { folder } = (await capture(store, { source })).image;
    const fileOf = (name: keyof typeof IMAGE_FILES) => readFile(join(folder, IMAGE_FILES[name]));
    const files = {
      manifest: await fileOf('manifest'),
      signature: await fileOf('signature'),
      extentMap: await fileOf('extentMap'),
      torrent: await fileOf('torrent'),
    };
    const { publicKey } = await keysOf(store);
    const { manifest } = describeImage(files, { publicKey, imageFolder: 'images/lab/1' });
    expect(manifest.version).toBe(1);
    for (const imageFolder of ['images/lab/2', 'images/cad/1'])
      expect(() => describeImage(files, { publicKey, imageFolder })).toThrow(
        `the manifest is that of lab (version 1), but ${imageFolder} was asked for: nothing is written`,
      );
  });
});
