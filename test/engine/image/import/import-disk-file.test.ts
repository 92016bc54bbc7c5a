import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pieceBytesFor } from '../../../../src/engine/image/image-draft.ts';
import { parseMetainfo } from '../../../../src/engine/image/metainfo.ts';
import { isSignedBy } from '../../../../src/engine/image/signature.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder, someBytes } from '../../an-image.ts';
import { COMPRESSORS, sha256 } from './a-clonezilla-folder.ts';
import { aFileSystem } from './a-file-system.ts';
import { anImportedImage, importedAndExported } from './an-imported-image.ts';
import { run } from './run-tool.ts';

const MEBIBYTE = 2 ** 20;

/** A disk of 24 MiB with a partition table, some bytes in two partitions, and holes. */
async function aDiskFile(sfdisk: string, label = 'gpt'): Promise<string> {
  const file = join(await aFolder(), 'disk.img');
  const handle = await open(file, 'w');
  await handle.truncate(24 * MEBIBYTE);
  await handle.close();
  await run(sfdisk, ['--quiet', file], `label: ${label}\nsize=8MiB\nsize=6MiB\n`);
  const disk = await open(file, 'r+');
  await disk.write(someBytes(300_000, 'one'), 0, undefined, 2 * MEBIBYTE + 4096);
  await disk.write(someBytes(5_000_000, 'two'), 0, undefined, 9 * MEBIBYTE);
  await disk.close();
  return file;
}

describe('import of a disk file', () => {
  it.for(['gpt', 'dos'])(
    'takes partitions without a known file system whole, on a disk with a table of kind %s',
    async (label, context) => {
      const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'), label);
      const { raw, image } = await importedAndExported(file);
      expect(sha256(await readFile(raw))).toBe(sha256(await readFile(file)));
      expect(image.manifest).toMatchObject({
        table: label === 'gpt' ? 'gpt' : 'mbr',
        disk: { bytes: 24 * MEBIBYTE, sectorBytes: 512 },
      });
      expect(image.manifest.payload.rawBytes).toBeLessThan(16 * MEBIBYTE);
      expect(image.manifest.partitions).toEqual([
        {
          number: 1,
          startBytes: MEBIBYTE,
          bytes: 8 * MEBIBYTE,
          fileSystem: 'unknown',
          copied: 'whole',
          usedBytes: 8 * MEBIBYTE,
        },
        {
          number: 2,
          startBytes: 9 * MEBIBYTE,
          bytes: 6 * MEBIBYTE,
          fileSystem: 'unknown',
          copied: 'whole',
          usedBytes: 6 * MEBIBYTE,
        },
      ]);
    },
  );

  it('signs it, and cuts its torrent, as any image', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    const { image, publicKey } = await anImportedImage(file);
    const [manifest, signature, torrent] = await Promise.all(
      ['manifest.json', 'manifest.sig', 'image.torrent'].map((name) => readFile(join(image.folder, name))),
    );
    expect(isSignedBy(publicKey, manifest!, signature!)).toBe(true);
    const { infoHash, pieceBytes } = parseMetainfo(torrent!);
    expect(infoHash).toBe(image.manifest.infoHash);
    expect(pieceBytes).toBe(pieceBytesFor(image.manifest.payload.bytes));
    expect(sha256(await readFile(join(image.folder, 'payload')))).toBe(image.manifest.payload.sha256);
  });

  it('unpacks every compression first, and leaves nothing of that in the store', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    for (const [ending, [command, debianPackage]] of Object.entries(COMPRESSORS)) {
      const packed = `${file}.${ending}`;
      await run('/bin/sh', [
        '-c',
        '"$1" -c < "$2" > "$3"',
        'sh',
        installedTool(context, command, debianPackage),
        file,
        packed,
      ]);
      const { raw, store } = await importedAndExported(packed, 'raw');
      expect({ ending, sha256: sha256(await readFile(raw)) }).toEqual({
        ending,
        sha256: sha256(await readFile(file)),
      });
      expect(await readdir(store.folder)).toEqual(['images']);
    }
  });

  it('reads all frames of a zstd file, however many there are', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    const bytes = await readFile(file);
    const halves = [bytes.subarray(0, 10 * MEBIBYTE), bytes.subarray(10 * MEBIBYTE)];
    const tool = installedTool(context, 'zstd', 'zstd');
    const packed = `${file}.zst`;
    for (const [place, half] of halves.entries()) {
      await writeFile(`${file}.${place}`, half);
      await run('/bin/sh', ['-c', '"$1" -c < "$2" >> "$3"', 'sh', tool, `${file}.${place}`, packed]);
    }
    const { raw } = await importedAndExported(packed);
    expect(sha256(await readFile(raw))).toBe(sha256(bytes));
  });

  it('takes a qcow2 image as the disk that is in it', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    const qemuImg = installedTool(context, 'qemu-img', 'qemu-utils');
    for (const options of [[], ['-c'], ['-o', 'compat=0.10']]) {
      const qcow2 = `${file}.qcow2`;
      await run(qemuImg, ['convert', '-f', 'raw', '-O', 'qcow2', ...options, file, qcow2]);
      const { raw, store } = await importedAndExported(qcow2);
      expect(sha256(await readFile(raw))).toBe(sha256(await readFile(file)));
      expect(await readdir(store.folder)).toEqual(['images']);
    }
  });

  it('takes of a file system in a qcow2 image what is in use', async (context) => {
    const folder = await aFolder();
    const fileSystem = await aFileSystem(context, { kind: 'ext4', folder, bytes: 16 * MEBIBYTE });
    const file = join(folder, 'disk.img');
    const bytes = Buffer.alloc(18 * MEBIBYTE);
    (await readFile(fileSystem.file)).copy(bytes, MEBIBYTE);
    await writeFile(file, bytes);
    await run(installedTool(context, 'sfdisk', 'fdisk'), ['--quiet', file], 'label: gpt\nsize=16MiB\n');
    const qcow2 = `${file}.qcow2`;
    await run(installedTool(context, 'qemu-img', 'qemu-utils'), ['convert', '-O', 'qcow2', file, qcow2]);
    const { raw, image } = await importedAndExported(qcow2);
    expect(image.manifest.partitions).toMatchObject([
      { number: 1, fileSystem: 'ext4', copied: 'used', label: 'linux' },
    ]);
    expect(image.manifest.payload.rawBytes).toBeLessThan(8 * MEBIBYTE);
    const exported = join(folder, 'exported');
    await writeFile(exported, (await readFile(raw)).subarray(MEBIBYTE, 17 * MEBIBYTE));
    await run(installedTool(context, 'e2fsck', 'e2fsprogs'), ['-fn', exported]);
  });

  it('refuses a qcow2 image that leads to another file, and one that is encrypted', async (context) => {
    const folder = await aFolder();
    const qemuImg = installedTool(context, 'qemu-img', 'qemu-utils');
    const [base, overlay, beside, secret] = ['base.img', 'overlay.qcow2', 'beside.qcow2', 'secret.qcow2'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string];
    await writeFile(base, someBytes(65_536));
    await run(qemuImg, ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', overlay]);
    await run(qemuImg, ['create', '-q', '-f', 'qcow2', '-o', `data_file=${base}.data`, beside, '64K']);
    // A plain one whose header says so: making the keys of a real one fails now and then on a busy computer.
    await run(qemuImg, ['create', '-q', '-f', 'qcow2', secret, '64K']);
    const header = await open(secret, 'r+');
    await header.write(Buffer.of(0, 0, 0, 2), 0, 4, 32);
    await header.close();
    await expect(anImportedImage(overlay)).rejects.toThrow(
      /overlay.qcow2 cannot be imported: .*backing file/,
    );
    await expect(anImportedImage(beside)).rejects.toThrow(/beside.qcow2 cannot be imported: .*data file/);
    await expect(anImportedImage(secret)).rejects.toThrow(/secret.qcow2 cannot be imported: it is encrypted/);
  });

  it('refuses disks of other virtual machines and says how to convert them', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    for (const format of ['vmdk', 'vhdx', 'vpc']) {
      const other = `${file}.${format}`;
      await run(installedTool(context, 'qemu-img', 'qemu-utils'), [
        'convert',
        '-f',
        'raw',
        '-O',
        format,
        file,
        other,
      ]);
      await expect(anImportedImage(other)).rejects.toThrow(/qemu-img convert -O raw/);
    }
  });

  it.each([
    ['VMDK', 0, 'KDMV'],
    ['VMDK', 0, 'COWD'],
    ['VMDK', 0, '# Disk DescriptorFile'],
    ['VDI', 64, '\x7f\x10\xda\xbe'],
    ['QED', 0, 'QED\0'],
    ['partclone', 0, 'partclone-image'],
    ['--kind files', 257, 'ustar'],
    ['--kind files', 0, 'MSWIM\0\0\0'],
  ])('refuses what only begins like a disk, packed or not, and names it: %s', async (named, at, mark) => {
    const folder = await aFolder();
    const bytes = Buffer.alloc(65_536);
    bytes.write(mark, at, 'latin1');
    const [plain, packed] = [join(folder, 'plain.img'), join(folder, 'packed.img.gz')];
    await writeFile(plain, bytes);
    await writeFile(packed, gzipSync(bytes));
    await expect(anImportedImage(plain)).rejects.toThrow(
      new RegExp(`plain.img cannot be imported: .*${named}`),
    );
    await expect(anImportedImage(packed)).rejects.toThrow(new RegExp(`what is packed in it is .*${named}`));
  });

  it('refuses a qcow2 image that is packed once more, and leaves nothing in the store', async (context) => {
    const qcow2 = join(await aFolder(), 'disk.qcow2');
    await run(installedTool(context, 'qemu-img', 'qemu-utils'), ['create', '-q', '-f', 'qcow2', qcow2, '1M']);
    await writeFile(`${qcow2}.gz`, gzipSync(await readFile(qcow2)));
    await expect(anImportedImage(`${qcow2}.gz`)).rejects.toThrow(
      'what is packed in it is a disk of kind qcow2; unpack it, and import that',
    );
  });

  it('refuses a compressed file that is cut off, and leaves nothing in the store', async (context) => {
    const file = await aDiskFile(installedTool(context, 'sfdisk', 'fdisk'));
    for (const [ending, [command, debianPackage]] of Object.entries(COMPRESSORS)) {
      const packed = `${file}.cut.${ending}`;
      await run('/bin/sh', [
        '-c',
        '"$1" -c < "$2" | head -c 200000 > "$3"',
        'sh',
        installedTool(context, command, debianPackage),
        file,
        packed,
      ]);
      await expect(anImportedImage(packed), ending).rejects.toMatchObject({ code: 'BAD_SOURCE' });
    }
  });

  it('refuses an empty file and one that is no whole number of sectors', async () => {
    const folder = await aFolder();
    const file = join(folder, 'odd.img');
    for (const bytes of [0, 1000]) {
      await writeFile(file, Buffer.alloc(bytes));
      await expect(anImportedImage(file)).rejects.toThrow(`odd.img has ${bytes} bytes`);
    }
  });
});
