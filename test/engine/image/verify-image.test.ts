import { appendFile, cp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import type { ImageStore, StoredImage } from '../../../src/engine/image/image-store.ts';
import { makeSigningKeys } from '../../../src/engine/image/signature.ts';
import { publicKeyOfStore } from '../../../src/engine/image/store-keys.ts';
import { type ImageFault, verifyImage } from '../../../src/engine/image/verify-image.ts';
import { aFolder } from '../an-image.ts';
import { aDiskOf, aStore, capture } from './a-captured-image.ts';
import { flipByte, MIB, ntfs, swap } from './a-volume.ts';

async function anImage(context: TestContext, kind: 'zstd' | 'raw' = 'zstd') {
  const store = await aStore();
  const source = await aDiskOf(context, [ntfs(12 * MIB), swap(MIB)]);
  const { image } = await capture(store, {
    source,
    encoding: kind === 'raw' ? { kind } : { kind, level: 3 },
  });
  return { store, image };
}

async function faultsOf(
  store: ImageStore,
  folder: string,
  place = { name: 'lab', version: 1 },
): Promise<ImageFault[]> {
  const { publicKey } = await publicKeyOfStore(store);
  const { signal } = new AbortController();
  return verifyImage(folder, { place, publicKey, signal, progressed: () => {} });
}

/** Changes a copy of the image. @returns what is found then */
async function faultsAfter(
  store: ImageStore,
  image: StoredImage,
  change: (folder: string) => Promise<unknown>,
) {
  const folder = join(await aFolder(), 'copy');
  await cp(image.folder, folder, { recursive: true });
  await change(folder);
  return faultsOf(store, folder);
}

describe('the verification of an image', () => {
  it('finds nothing where nothing was changed, and there are no other files', async (context) => {
    const { store, image } = await anImage(context);
    expect(await faultsOf(store, image.folder)).toEqual([]);
    expect((await readdir(image.folder)).sort()).toEqual([
      'extents.bin',
      'image.torrent',
      'manifest.json',
      'manifest.sig',
      'payload',
    ]);
  });

  it('names a manifest that is that of another version, or of another image', async (context) => {
    const { store, image } = await anImage(context);
    for (const place of [
      { name: 'lab', version: 2 },
      { name: 'cad', version: 1 },
    ])
      expect(await faultsOf(store, image.folder, place)).toEqual([
        { file: 'manifest.json', sentence: 'it is that of lab (version 1)' },
      ]);
  });

  it.for(['zstd', 'raw'] as const)(
    'names the chunk of a changed byte of the payload, and where it is on the disk: %s',
    async (kind, context) => {
      const { store, image } = await anImage(context, kind);
      const { chunks, payloadBytes } = await store.extentMapOf(image);
      await fc.assert(
        fc.asyncProperty(fc.nat(payloadBytes - 1), async (at) => {
          const number = chunks.findIndex(({ wireOffset, wireBytes }) => at < wireOffset + wireBytes);
          const faults = await faultsAfter(store, image, (folder) => flipByte(join(folder, 'payload'), at));
          expect(faults).toMatchObject([
            { file: 'payload', chunk: number, diskOffset: chunks[number]!.diskOffset },
          ]);
        }),
        { numRuns: 25 },
      );
    },
  );

  it.for(['manifest.json', 'manifest.sig', 'extents.bin', 'image.torrent'] as const)(
    'names the file of a changed byte: %s',
    async (name, context) => {
      const { store, image } = await anImage(context);
      const { size } = await stat(join(image.folder, name));
      await fc.assert(
        fc.asyncProperty(fc.nat(size - 1), async (at) => {
          const faults = await faultsAfter(store, image, (folder) => flipByte(join(folder, name), at));
          expect(faults.map(({ file }) => file).join()).toContain(name);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('names the chunk whose record was changed', async (context) => {
    const { store, image } = await anImage(context);
    // The digest of the second record.
    const faults = await faultsAfter(store, image, (folder) =>
      flipByte(join(folder, 'extents.bin'), 32 + 56 + 30),
    );
    expect(faults).toMatchObject([{ file: 'extents.bin', chunk: 1 }]);
  });

  it.for(['manifest.json', 'manifest.sig', 'extents.bin', 'image.torrent', 'payload'])(
    'names a file that is missing: %s',
    async (name, context) => {
      const { store, image } = await anImage(context);
      const faults = await faultsAfter(store, image, (folder) => rm(join(folder, name)));
      expect(faults).toEqual([{ file: name, sentence: 'it is missing' }]);
    },
  );

  it('names a payload that was cut off or has more behind it', async (context) => {
    const { store, image } = await anImage(context);
    const { bytes } = image.manifest.payload;
    const cut = await faultsAfter(store, image, (folder) => truncate(join(folder, 'payload'), bytes - 1));
    expect(cut).toMatchObject([{ file: 'payload', chunk: expect.any(Number) }]);
    const longer = await faultsAfter(store, image, (folder) => appendFile(join(folder, 'payload'), 'x'));
    expect(longer).toEqual([{ file: 'payload', sentence: `it has ${bytes + 1} bytes instead of ${bytes}` }]);
  });

  it('does not take an image that somebody else has signed', async (context) => {
    const { image } = await anImage(context);
    const { publicKey } = makeSigningKeys();
    const faults = await verifyImage(image.folder, {
      place: { name: 'lab', version: 1 },
      publicKey,
      signal: new AbortController().signal,
      progressed: () => {},
    });
    expect(faults).toMatchObject([{ file: 'manifest.json, manifest.sig' }]);
  });
});
