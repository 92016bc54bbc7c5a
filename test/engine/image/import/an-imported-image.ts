import { join } from 'node:path';
import { exportRaw } from '../../../../src/engine/image/export/export-raw.ts';
import { ImageStore } from '../../../../src/engine/image/image-store.ts';
import { importImage } from '../../../../src/engine/image/import/import-image.ts';
import { makeSigningKeys } from '../../../../src/engine/image/signature.ts';
import { aFolder } from '../../an-image.ts';

const { privateKey, publicKey } = makeSigningKeys();

/** Imports into a store of its own. */
export async function anImportedImage(source: string, wire: 'zstd' | 'raw' = 'zstd') {
  const folder = await aFolder();
  const store = new ImageStore(join(folder, 'store'));
  const { signal } = new AbortController();
  const image = await importImage({
    source,
    name: 'lab',
    store,
    privateKey: async () => privateKey,
    wire,
    whole: [],
    signal,
    progressed: () => {},
  });
  return { folder, store, image, publicKey };
}

/** Imports, and writes what came of it to a plain disk file. */
export async function importedAndExported(source: string, wire: 'zstd' | 'raw' = 'zstd') {
  const imported = await anImportedImage(source, wire);
  const raw = join(imported.folder, 'raw.img');
  const { signal } = new AbortController();
  await exportRaw({
    ...imported,
    target: raw,
    isForced: false,
    isDeviceWanted: false,
    signal,
    progressed: () => {},
    overwriteBegun: () => {},
  });
  return { ...imported, raw };
}
