import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ImageStore } from '../../../../src/engine/image/image-store.ts';
import { importImage } from '../../../../src/engine/image/import/import-image.ts';
import { makeSigningKeys } from '../../../../src/engine/image/signature.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder, someBytes } from '../../an-image.ts';
import { run } from './run-tool.ts';

it('an archive in the working folder is taken though its name means a host and a file to tar', async (context) => {
  installedTool(context, 'sfdisk', 'fdisk');
  const folder = await aFolder();
  await mkdir(join(folder, 'tree'));
  await writeFile(join(folder, 'tree', 'file'), someBytes(10_000));
  const tar = installedTool(context, 'tar', 'tar');
  const archive = 'lab:1.tar';
  await run(tar, ['--create', '--file', join(folder, archive), '--directory', join(folder, 'tree'), '.']);
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(folder);
  const image = await importImage({
    source: archive,
    name: 'lab',
    store: new ImageStore(join(folder, 'store')),
    privateKey: async () => makeSigningKeys().privateKey,
    whole: [],
    files: { fileSystem: 'ext4' },
    wire: 'zstd',
    signal: new AbortController().signal,
    progressed: () => {},
  });
  expect(image.manifest.files).toMatchObject({ archive: 'tar', entries: 2 });
});
