import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { mounted } from '../../image/a-mounted-volume.ts';
import { aVolumeFile, MIB, tool } from '../../image/a-volume.ts';
import { type GoldenVolume, partitionOf } from './a-deployed-disk.ts';

const HOSTS = '127.0.0.1\tlocalhost\n127.0.1.1\tgolden.lab golden # golden\n';

/** XFS is made of no less than 300 MiB, Btrfs of 109. */
export function systemMib(fileSystem: string): number {
  return fileSystem === 'xfs' ? 320 : 128;
}

/** A volume with the root of a Linux called `golden`, in a folder of it. */
export async function aLinux(context: TestContext, fileSystem: string, folder = '.'): Promise<GoldenVolume> {
  const file = await aVolumeFile(systemMib(fileSystem) * MIB, 'blank');
  await tool(context, `mkfs.${fileSystem}`, 'the tools of that file system')('-q', file);
  const volume = await mounted(context, file);
  const etc = join(volume.folder, folder, 'etc');
  await mkdir(etc, { recursive: true });
  await writeFile(join(etc, 'os-release'), 'ID=debian\n');
  await writeFile(join(etc, 'hostname'), 'golden\n');
  await writeFile(join(etc, 'hosts'), HOSTS);
  volume.unmount();
  return { number: 1, fileSystem, file };
}

/** An NTFS volume with the folders of a Windows, and these files. */
export async function aWindows(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<GoldenVolume> {
  const file = await aVolumeFile(systemMib('ntfs') * MIB, 'blank');
  await tool(context, 'mkntfs', 'ntfs-3g')('-F', '-Q', '-q', file);
  const volume = await mounted(context, file, 'ntfs-3g');
  for (const folder of ['Windows/Panther', 'Windows/System32/Sysprep'])
    await mkdir(join(volume.folder, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(volume.folder, path), text);
  volume.unmount();
  return { number: 1, fileSystem: 'ntfs', file };
}

/** sysprep leaves it when it has generalised a Windows. */
export const TAG = { 'Windows/System32/Sysprep/Sysprep_succeeded.tag': '' };

/** A file of a Linux or Windows as it stands on the disk. */
export async function fileOn(
  context: TestContext,
  disk: string,
  path: string,
  by = 'mount',
): Promise<string> {
  const { file } = await partitionOf(context, disk, 1);
  const volume = await mounted(context, file, by);
  const text = await readFile(join(volume.folder, path), 'utf8');
  volume.unmount();
  return text;
}
