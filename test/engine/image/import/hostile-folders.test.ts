import { readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ImageStore } from '../../../../src/engine/image/image-store.ts';
import { importImage } from '../../../../src/engine/image/import/import-image.ts';
import { makeSigningKeys } from '../../../../src/engine/image/signature.ts';
import { aFolder } from '../../an-image.ts';
import { type AStream, aPartcloneStream } from './a-partclone-stream.ts';

const SECTOR_BYTES = 512;
const START_SECTOR = 2048;
/** A partition of 20 KiB, as `aPartcloneStream` makes it by default. */
const PARTITION_SECTORS = 40;

/** The smallest folder that Clonezilla could write: a MBR and one partition; `stream` is that of the partition. */
async function aSmallFolder(stream: Uint8Array = aPartcloneStream().stream): Promise<string> {
  const folder = await aFolder();
  const mbr = Buffer.alloc(SECTOR_BYTES);
  mbr.writeUInt8(0x83, 446 + 4);
  mbr.writeUInt32LE(START_SECTOR, 446 + 8);
  mbr.writeUInt32LE(PARTITION_SECTORS, 446 + 12);
  mbr.writeUInt16LE(0xaa55, 510);
  await writeFile(join(folder, 'disk'), 'sda');
  await writeFile(join(folder, 'parts'), 'sda1');
  await writeFile(
    join(folder, 'sda-pt.sf'),
    `label: dos\n/dev/sda1 : start=${START_SECTOR}, size=${PARTITION_SECTORS}, type=83\n`,
  );
  await writeFile(join(folder, 'sda-mbr'), mbr);
  await writeFile(join(folder, 'sda1.ext4-ptcl-img.gz'), gzipSync(stream));
  return folder;
}

/** Imports; whatever comes of it, nothing but whole images is in the store. */
async function tried(source: string, options: { signal?: AbortSignal; progressed?: () => void } = {}) {
  const store = new ImageStore(join(await aFolder(), 'store'));
  const { privateKey } = makeSigningKeys();
  const { signal = new AbortController().signal, progressed = () => {} } = options;
  try {
    return await importImage({
      source,
      name: 'lab',
      store,
      privateKey: async () => privateKey,
      wire: 'zstd',
      whole: [],
      signal,
      progressed,
    });
  } catch (cause) {
    const left = await readdir(join(store.folder, 'images', 'lab')).catch(() => []);
    expect(left).toEqual([]);
    throw cause;
  }
}

describe('a folder that is not what it says', () => {
  it('is imported where nothing is wrong with it', async () => {
    const { manifest } = await tried(await aSmallFolder());
    expect(manifest.payload.rawBytes).toBeGreaterThan(6 * SECTOR_BYTES);
    expect(manifest.partitions).toEqual([
      {
        number: 1,
        startBytes: 1_048_576,
        bytes: 20_480,
        fileSystem: 'ext4',
        copied: 'used',
        usedBytes: 3072,
      },
    ]);
  });

  it('is refused where a block was changed, with the file, the byte and the blocks', async () => {
    const { stream } = aPartcloneStream();
    stream[200]! ^= 1;
    await expect(tried(await aSmallFolder(stream))).rejects.toMatchObject({
      code: 'BAD_SOURCE',
      message: expect.stringMatching(
        /sda1\.ext4-ptcl-img\.gz: byte \d+ of the stream: the checksum of the blocks up to 17 is 0x/,
      ),
    });
  });

  it.each<[string, AStream, RegExp]>([
    ['more blocks than its partition', { blocks: 400, used: [0] }, /are more than the partition of 20480/],
    ['an absurd number of blocks', { blocks: 2 ** 45, used: [0] }, /it has 35184372088832 blocks/],
    [
      'a block that reaches over the end',
      { blockBytes: 1536, blocks: 14, used: [13] },
      /block 13 ends at 21504/,
    ],
  ])('is refused for %s', async (_, wishes, message) => {
    await expect(tried(await aSmallFolder(aPartcloneStream(wishes).stream))).rejects.toThrow(message);
  });

  it('is refused where a stream is cut off, or goes on for ever', async () => {
    const { stream } = aPartcloneStream();
    await expect(tried(await aSmallFolder(stream.subarray(0, -600)))).rejects.toThrow(/it ends in block 18/);
    const endless = Buffer.concat([stream, Buffer.alloc(2 ** 26)]);
    await expect(tried(await aSmallFolder(endless))).rejects.toThrow(/it goes on behind its last block/);
  });

  it('is refused where its compressed form is damaged', async () => {
    const folder = await aSmallFolder();
    const { stream } = aPartcloneStream();
    const packed = gzipSync(stream);
    packed[packed.length - 6]! ^= 1;
    await writeFile(join(folder, 'sda1.ext4-ptcl-img.gz'), packed);
    await expect(tried(folder)).rejects.toThrow(
      /sda1\.ext4-ptcl-img\.gz: .*it is damaged: incorrect data check/,
    );
  });

  it('costs no more memory than its blocks where a small file unpacks to a thousand times as much', async () => {
    // 1 GiB of zeros behind a header that promises a partition with one block: 1 MiB of gzip.
    const { stream } = aPartcloneStream();
    const bomb = Buffer.concat([gzipSync(stream), ...Array.from({ length: 64 }, () => ZEROS)]);
    const folder = await aSmallFolder();
    await writeFile(join(folder, 'sda1.ext4-ptcl-img.gz'), bomb);
    const before = process.memoryUsage.rss();
    await expect(tried(folder)).rejects.toThrow(/it goes on behind its last block/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
  });

  it('is refused where a file is a link, wherever that leads', async () => {
    const folder = await aSmallFolder();
    await rm(join(folder, 'sda-mbr'));
    await symlink('/etc/passwd', join(folder, 'sda-mbr'));
    await expect(tried(folder)).rejects.toThrow(/sda-mbr: it is a link, and links are not followed/);
  });

  it('is refused where a text is longer than any such text', async () => {
    const folder = await aSmallFolder();
    await writeFile(join(folder, 'blkid.list'), Buffer.alloc(2 ** 20 + 1, 'x'));
    await expect(tried(folder)).rejects.toThrow(/blkid.list: it has 1048577 bytes/);
  });

  it('leaves nothing in the store when the import is interrupted', async () => {
    const controller = new AbortController();
    const progressed = () => controller.abort(new Error('enough'));
    await expect(tried(await aSmallFolder(), { signal: controller.signal, progressed })).rejects.toThrow(
      'enough',
    );
  });
});

/** 16 MiB of zeros. */
const ZEROS = gzipSync(Buffer.alloc(2 ** 24), { level: constants.Z_BEST_SPEED });
