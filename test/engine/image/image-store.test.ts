import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENCODER } from '../../../src/engine/image/chunk-codec.ts';
import { ImageDraft, pieceBytesFor, type RawRun } from '../../../src/engine/image/image-draft.ts';
import { ImageStore } from '../../../src/engine/image/image-store.ts';
import { parseMetainfo } from '../../../src/engine/image/metainfo.ts';
import { makeSigningKeys } from '../../../src/engine/image/signature.ts';
import { createKeys, keysOf, publicKeyOfStore } from '../../../src/engine/image/store-keys.ts';
import { ConfigError, RunFailure } from '../../../src/failure.ts';
import { aFolder, anImageFile, someBytes } from '../an-image.ts';
import { aStore, capture } from './a-captured-image.ts';
import { flipByte, MIB } from './a-volume.ts';

const KEYS = makeSigningKeys();

async function* runs(count: number): AsyncGenerator<RawRun> {
  for (let run = 0; run < count; run++) yield { diskOffset: run * MIB, bytes: someBytes(MIB / 4, `${run}`) };
}

async function aDraft(store: ImageStore, name = 'lab'): Promise<ImageDraft> {
  const draft = await ImageDraft.begin(store, {
    name,
    kind: 'disk',
    disk: { bytes: 64 * MIB, sectorBytes: 512 },
    table: 'none',
    partitions: [],
    encoding: { kind: 'zstd', level: 1, library: ENCODER },
    chunkBytes: MIB,
    tools: {},
  });
  await draft.add(runs(6));
  return draft;
}

const publish = async (store: ImageStore, name?: string) =>
  (await aDraft(store, name)).publish(KEYS.privateKey);

describe('a store of images', () => {
  it('has an image when it is published, and not before', async () => {
    const store = await aStore();
    const draft = await aDraft(store);
    expect(await store.versions()).toEqual([]);
    await expect(store.find('lab')).rejects.toThrow(/there is no lab in .*; there is no image at all/);
    await draft.publish(KEYS.privateKey);
    expect(await store.versions()).toEqual([{ name: 'lab', version: 1 }]);
    expect((await store.extentMapOf(await store.find('lab'))).chunks).toHaveLength(6);
  });

  it('is open to nobody but its owner, whoever makes it first', async () => {
    const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
    const [byDraft, byKeys] = await Promise.all([aFolder(), aFolder()]);
    const store = new ImageStore(join(byDraft, 'store'));
    const { folder } = await publish(store);
    await createKeys(new ImageStore(join(byKeys, 'store')));
    expect(await Promise.all([byDraft, byKeys].map((parent) => modeOf(join(parent, 'store'))))).toEqual([
      '700',
      '700',
    ]);
    expect(await modeOf(join(folder, 'payload'))).toBe('600');
  });

  it('has every version, and gives the newest where none is named', async () => {
    const store = await aStore();
    for (const name of ['lab', 'cad', 'lab']) await publish(store, name);
    expect(await store.versions()).toEqual([
      { name: 'cad', version: 1 },
      { name: 'lab', version: 1 },
      { name: 'lab', version: 2 },
    ]);
    expect((await store.find('lab')).manifest.version).toBe(2);
    expect((await store.find('lab', 1)).manifest.version).toBe(1);
    await expect(store.find('lab', 3)).rejects.toThrow(
      /there is no lab of version 3 in .*; there is cad \(version 1\), lab/,
    );
  });

  it('gives two that are published at a time a number each', async () => {
    const store = await aStore();
    const drafts = await Promise.all(Array.from({ length: 4 }, () => aDraft(store)));
    const images = await Promise.all(drafts.map((draft) => draft.publish(KEYS.privateKey)));
    expect(images.map(({ manifest }) => manifest.version).sort()).toEqual([1, 2, 3, 4]);
    for (const { manifest } of images)
      expect((await store.find('lab', manifest.version)).manifest).toEqual(manifest);
  });

  it('takes no payload that another process wrote to, since it would sign something else', async () => {
    const store = await aStore();
    const draft = await aDraft(store);
    const [name] = await readdir(join(store.folder, 'images', 'lab'));
    await flipByte(join(store.folder, 'images', 'lab', name!, 'payload'), 1000);
    await expect(draft.publish(KEYS.privateKey)).rejects.toThrow(
      /payload does not hold what was written to it; does another process write there/,
    );
    expect(await store.versions()).toEqual([]);
  });

  it('has nothing of a draft that is discarded', async () => {
    const store = await aStore();
    await (await aDraft(store)).discard();
    expect(await readdir(join(store.folder, 'images'))).toEqual([]);
  });

  it('loses the version that is removed and no other; its number is not given again', async () => {
    const store = await aStore();
    await publish(store);
    await publish(store);
    await store.remove('lab', 1);
    expect(await store.versions()).toEqual([{ name: 'lab', version: 2 }]);
    expect((await publish(store)).manifest.version).toBe(3);
    await store.remove('lab', 3);
    await store.remove('lab', 2);
    expect(await store.versions()).toEqual([]);
    expect((await publish(store)).manifest.version).toBe(4);
    await expect(store.remove('lab', 1)).rejects.toThrow(ConfigError);
  });

  it('keeps nothing of a removed version but its number', async () => {
    const store = await aStore();
    const versions = dirname((await publish(store)).folder);
    await store.remove('lab', 1);
    expect(await readdir(versions, { recursive: true })).toEqual(['.1.removed']);
  });

  it.each(['../lab', '', 'Lab', 'a/b', '.lab'])('knows no image by the name %j', async (name) => {
    const store = await aStore();
    await expect(store.find(name)).rejects.toThrow('is no name');
    await expect(store.remove(name)).rejects.toThrow('is no name');
  });

  it('does not give a manifest that is that of another image', async () => {
    const store = await aStore();
    const [lab, cad] = [await publish(store), await publish(store, 'cad')];
    await writeFile(join(lab.folder, 'manifest.json'), await readFile(join(cad.folder, 'manifest.json')));
    await expect(store.find('lab')).rejects.toThrow(RunFailure);
    await expect(store.find('lab')).rejects.toThrow('is that of cad (version 1)');
  });

  it('has a torrent that is private and that of the manifest', async () => {
    const { folder, manifest } = await publish(await aStore());
    const metainfo = parseMetainfo(await readFile(join(folder, 'image.torrent')));
    expect(metainfo).toMatchObject({
      infoHash: manifest.infoHash,
      imageBytes: manifest.payload.bytes,
      isPrivate: true,
    });
  });
});

describe('pieces of a torrent', () => {
  it('are from 1,000 to 4,000 where they can be from 1 to 16 MiB', () => {
    expect(pieceBytesFor(10 * MIB)).toBe(MIB);
    expect(pieceBytesFor(1000 * 1024 * MIB)).toBe(16 * MIB);
    for (let payloadBytes = 1000 * MIB; payloadBytes < 60_000 * MIB; payloadBytes *= 1.1) {
      const pieces = payloadBytes / pieceBytesFor(payloadBytes);
      expect(pieces).toBeGreaterThanOrEqual(1000);
      expect(pieces).toBeLessThanOrEqual(4000);
    }
  });
});

describe('the keys of a store', () => {
  it('are made once, and only the owner may read the private one', async () => {
    const store = await aStore();
    const made = await keysOf(store);
    expect(made.areNew).toBe(true);
    expect(await keysOf(store)).toEqual({ ...made, areNew: false });
    expect((await stat(join(store.folder, 'keys', 'signing.pem'))).mode & 0o777).toBe(0o600);
    expect((await publicKeyOfStore(store)).publicKey).toBe(made.publicKey);
  });

  it('are never overwritten', async () => {
    const store = await aStore();
    const { privateKey } = await createKeys(store);
    await expect(createKeys(store)).rejects.toThrow(/signing\.pem is there already; move it away/);
    expect((await keysOf(store)).privateKey).toBe(privateKey);
  });

  it('have the public one again where it was lost, whoever asks for it', async () => {
    const store = await aStore();
    const { publicKey, publicKeyFile } = await keysOf(store);
    for (const asking of [keysOf, publicKeyOfStore]) {
      await rm(publicKeyFile);
      expect((await asking(store)).publicKey).toBe(publicKey);
      expect(await readFile(publicKeyFile, 'utf8')).toBe(publicKey);
    }
  });

  it('are the same for all who make them at a time, and nothing else is left', async () => {
    const store = await aStore();
    const made = await Promise.all(Array.from({ length: 4 }, () => keysOf(store)));
    expect(new Set(made.map(({ privateKey }) => privateKey)).size).toBe(1);
    expect(made.filter(({ areNew }) => areNew)).toHaveLength(1);
    expect((await readdir(join(store.folder, 'keys'))).sort()).toEqual(['signing.pem', 'signing.pub.pem']);
  });

  it.each([
    ['empty, as one that was never finished', '', /signing\.pem is empty; remove it/],
    ['something else', 'a key\n', /signing\.pem is no private key of Ed25519/],
    [
      'of another kind',
      generateKeyPairSync('rsa', {
        modulusLength: 1024,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
      /signing\.pem is no private key of Ed25519: it is one of kind rsa/,
    ],
  ])('cost a capture nothing but a word where the private one is %s', async (_, text, sentence) => {
    const store = await aStore();
    const { publicKeyFile } = await keysOf(store);
    await writeFile(join(dirname(publicKeyFile), 'signing.pem'), text);
    const read: number[] = [];
    const captured = capture(
      store,
      { source: await anImageFile(someBytes(MIB)) },
      { progressed: (bytes) => read.push(bytes) },
    );
    await expect(captured).rejects.toThrow(sentence);
    await expect(captured).rejects.toThrow(ConfigError);
    expect(read).toEqual([]);
    expect(await readdir(store.folder)).toEqual(['keys']);
  });

  it('are asked for where there are none to check with', async () => {
    await expect(publicKeyOfStore(await aStore())).rejects.toThrow(/does not exist; make a pair with/);
  });
});
