import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeImage } from '../../../src/engine/agent/image-description.ts';
import { PayloadLayout } from '../../../src/engine/agent/payload-layout.ts';
import { IMAGE_FILES } from '../../../src/engine/image/image-store.ts';
import type { AGoldenImage } from './a-golden-image.ts';

/** An image of a store, for `aDeployment`. */
export async function aPublishedImage(
  folder: string,
  { keys, disk }: Pick<AGoldenImage, 'keys' | 'disk'>,
): Promise<AGoldenImage> {
  const fileOf = (name: keyof typeof IMAGE_FILES) => readFile(join(folder, IMAGE_FILES[name]));
  const image = describeImage(
    {
      manifest: await fileOf('manifest'),
      signature: await fileOf('signature'),
      extentMap: await fileOf('extentMap'),
      torrent: await fileOf('torrent'),
    },
    { publicKey: keys.publicKey, imageFolder: 'images/lab/1' },
  );
  const { pieceBytes } = image.metainfo;
  const payload = await fileOf('payload');
  return {
    ...{ image, payload, keys, folder, disk },
    layout: new PayloadLayout(image.map, pieceBytes),
    piece: (number) => Uint8Array.from(payload.subarray(number * pieceBytes, (number + 1) * pieceBytes)),
  };
}
