import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir, open, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import {
  withMounted,
  withPartitionDevice,
} from '../../../../src/engine/agent/post-deploy/partition-device.ts';
import { postDeployHooks } from '../../../../src/engine/agent/post-deploy/post-deploy-hooks.ts';
import { unpackFiles } from '../../../../src/engine/agent/post-deploy/unpack-files.ts';
import type { PostDeployHook } from '../../../../src/engine/agent/post-deploy-hook.ts';
import { exportRaw } from '../../../../src/engine/image/export/export-raw.ts';
import { verifiedChunks } from '../../../../src/engine/image/export/verified-chunks.ts';
import { ImageStore, type StoredImage } from '../../../../src/engine/image/image-store.ts';
import { importImage } from '../../../../src/engine/image/import/import-image.ts';
import { makeSigningKeys } from '../../../../src/engine/image/signature.ts';
import { aFolder } from '../../an-image.ts';
import { MIB, tool } from '../../image/a-volume.ts';
import { aDeployment, aDiskFile } from '../a-deployment.ts';
import { aPublishedImage } from '../a-published-image.ts';
import { aDeployedDisk, needsRoot, partitionOf } from './a-deployed-disk.ts';

type FileSystem = 'ntfs' | 'ext4';
const keys = makeSigningKeys();
const { signal } = new AbortController();
const run = promisify(execFile);

async function imported(source: string, fileSystem: FileSystem) {
  const store = new ImageStore(join(await aFolder(), 'store'));
  const image = await importImage({
    ...{ source, name: 'lab', store, wire: 'zstd', whole: [], signal },
    privateKey: async () => keys.privateKey,
    progressed: () => {},
    files: { fileSystem },
  });
  return { store, image };
}

/** Files of several sizes with a long name, an empty one and one in a folder. */
async function aTree(): Promise<string> {
  const folder = join(await aFolder(), 'tree');
  await mkdir(join(folder, 'inner folder'), { recursive: true });
  await writeFile(join(folder, 'large'), randomBytes(5 * MIB + 77));
  await writeFile(join(folder, 'inner folder', `long ${'name '.repeat(20)}ä`), 'short');
  await writeFile(join(folder, 'empty'), '');
  return folder;
}

/** What is at each path: digest of files, target of links, rights. */
async function treeOf(folder: string): Promise<string> {
  const format = '%P %y %m %l %U\n';
  const { stdout } = await run('find', [
    folder,
    '-mindepth',
    '1',
    '-not',
    '-name',
    'lost+found',
    '-printf',
    format,
  ]);
  const files = await run('find', [folder, '-type', 'f', '-printf', '%P\\0']);
  const digests = await Promise.all(
    files.stdout
      .split('\0')
      .filter(Boolean)
      .map(async (path) => {
        const digest = createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex');
        return `${path} ${digest}`;
      }),
  );
  return [...stdout.split('\n'), ...digests].sort().join('\n');
}

/** The chunks of the image on a larger disk that holds something else, as the download leaves it. */
async function downloaded({ store, image }: { store: ImageStore; image: StoredImage }) {
  const path = join(await aFolder(), 'disk.img');
  const bytes = image.manifest.disk.bytes + 64 * MIB;
  await writeFile(path, '');
  await truncate(path, bytes);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(8 * MIB, 0xa5), 0, 8 * MIB, MIB);
  for await (const run of verifiedChunks(image, await store.extentMapOf(image), signal))
    await file.write(run.bytes, 0, run.bytes.length, run.diskOffset);
  await file.close();
  const { manifest } = image;
  const { table, partitions } = manifest;
  const disk = await aDeployedDisk(path, { table, bytes: manifest.disk.bytes, partitions });
  Object.assign(disk.deployed.manifest, { files: manifest.files });
  return { path, ...disk };
}

async function deployed(context: TestContext, source: string, fileSystem: FileSystem) {
  const disk = await downloaded(await imported(source, fileSystem));
  await disk.run(...postDeployHooks());
  return { ...disk, partition: await partitionOf(context, disk.path, 1) };
}

const neededTools = async (context: TestContext): Promise<void> => {
  needsRoot(context);
  await tool(context, 'wimcapture', 'wimtools')('--version');
};

describe('an image of files', () => {
  it('of a folder becomes an NTFS volume through a WIM: the same files, and ntfsfix finds it in order', async (context) => {
    await neededTools(context);
    const tree = await aTree();
    const { partition, path, notes } = await deployed(context, tree, 'ntfs');
    await tool(context, 'ntfsfix', 'ntfs-3g')('-n', partition.file);
    const back = join(await aFolder(), 'back.wim');
    const unpacked = await aFolder();
    await withPartitionDevice({ path }, partition, (device) => run('wimcapture', [device, back]));
    await run('wimapply', [back, '1', unpacked]);
    const digests = async (folder: string) =>
      (await run('sh', ['-c', 'cd "$1" && find . -type f -exec sha256sum {} + | sort', 'sh', folder])).stdout;
    expect(await digests(unpacked)).toBe(await digests(tree));
    expect(notes.join()).toContain('was made and filled');
  });

  it.for(['folder', 'tar', 'tar.zst'])(
    'as a %s becomes an ext4 volume through tar: files, rights, links and owners are the same',
    async (kind, context) => {
      needsRoot(context);
      const tree = await aTree();
      await chmod(join(tree, 'large'), 0o4751);
      await symlink('inner folder/none', join(tree, 'link'));
      await run('chown', ['1234:77', join(tree, 'empty')]);
      const tar = join(await aFolder(), 'tree.tar');
      await run('tar', ['-cf', tar, '-C', tree, '.']);
      if (kind === 'tar.zst') await run('zstd', ['-q', tar]);
      const source = kind === 'folder' ? tree : kind === 'tar' ? tar : `${tar}.zst`;
      const { partition, path } = await deployed(context, source, 'ext4');
      await run('e2fsck', ['-f', '-n', partition.file]);
      const found = await withPartitionDevice({ path }, partition, (device) =>
        withMounted(device, 'ext4', (folder) => treeOf(folder)),
      );
      expect(found).toBe(await treeOf(tree));
    },
  );

  it('of many small files has room for all of them', async (context) => {
    needsRoot(context);
    const folder = join(await aFolder(), 'tree');
    await mkdir(folder);
    // 51 MB as a tar archive, and 205 MB in blocks.
    for (let file = 0; file < 50_000; file++) writeFileSync(join(folder, `file ${file}`), 'x');
    const { partition, path } = await deployed(context, folder, 'ext4');
    const { stdout } = await withPartitionDevice({ path }, partition, (device) =>
      withMounted(device, 'ext4', (root) => run('sh', ['-c', 'find "$1" -type f | wc -l', 'sh', root])),
    );
    expect(Number(stdout)).toBe(50_000);
  });

  it.for(['ntfs', 'ext4'] as const)(
    'goes through the swarm to a machine that loses its power while it unpacks, and is unpacked anew (%s)',
    async (fileSystem, context) => {
      await neededTools(context);
      const { image } = await imported(await aTree(), fileSystem);
      const golden = await aPublishedImage(image.folder, { keys, disk: new Uint8Array() });
      const { deploy, arm, targets } = await aDeployment(golden);
      arm('machine');
      const disk = await aDiskFile(image.manifest.disk.bytes + 64 * MIB);
      const first = await deploy({ disks: [disk] });
      const volume = image.manifest.partitions[0]!;
      const power = new AbortController();
      const powerCut: PostDeployHook = {
        name: 'power cut',
        async run({ disk: half }) {
          await half.writeAt(volume.startBytes, randomBytes(4 * MIB));
          power.abort();
          throw new Error('the power is gone');
        },
      };
      await expect(first.finish([unpackFiles, powerCut], power.signal)).rejects.toThrow('the power is gone');
      await first.client.stop();
      const again = await deploy({ disks: [disk] });
      expect(again.outcome.reusedChunks).toBe(again.outcome.chunks);
      await again.finish(postDeployHooks());
      expect(targets()[0]).toMatchObject({ state: 'finished' });
      const partition = await partitionOf(context, disk.path, 1);
      if (fileSystem === 'ntfs') await run('ntfsfix', ['-n', partition.file]);
      else await run('e2fsck', ['-f', '-n', partition.file]);
    },
  );

  it('whose archive is damaged on the disk ends in a failure', async (context) => {
    await neededTools(context);
    const golden = await imported(await aTree(), 'ntfs');
    const disk = await downloaded(golden);
    await disk.deployed.disk.writeAt(golden.image.manifest.files!.startBytes + 2 * MIB, Buffer.alloc(4096));
    await expect(disk.run(...postDeployHooks())).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });

  it('is not made of half an archive, nor of one for another file system', async (context) => {
    await neededTools(context);
    const folder = await aFolder();
    const wim = join(folder, 'files.wim');
    await run('wimcapture', [await aTree(), wim]);
    await expect(imported(wim, 'ext4')).rejects.toThrow(/it is a wim archive; ext4 is filled from a tar/);
    await truncate(wim, 2 * MIB);
    await expect(imported(wim, 'ntfs')).rejects.toMatchObject({ code: 'BAD_SOURCE' });
    await writeFile(wim, 'no archive');
    await expect(imported(wim, 'ext4')).rejects.toThrow(/neither a WIM nor a tar archive/);
    const tar = join(folder, 'files.tar');
    await run('tar', ['-cf', tar, '-C', await aTree(), '.']);
    await truncate(tar, 2 * MIB);
    await expect(imported(tar, 'ext4')).rejects.toMatchObject({ code: 'BAD_SOURCE' });
  });

  it('cannot be exported as a disk', async () => {
    const { store, image } = await imported(await aTree(), 'ext4');
    const target = join(await aFolder(), 'disk.img');
    const wishes = {
      store,
      image,
      target,
      isForced: false,
      isDeviceWanted: false,
      signal,
      progressed: () => {},
      overwriteBegun: () => {},
    };
    await expect(exportRaw(wishes)).rejects.toThrow(/is of kind files/);
  });
});
