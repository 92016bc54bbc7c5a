import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { growLastPartition } from '../../../../src/engine/agent/post-deploy/grow-last-partition.ts';
import { setHostName } from '../../../../src/engine/agent/post-deploy/set-host-name.ts';
import { aFolder } from '../../an-image.ts';
import { mounted } from '../../image/a-mounted-volume.ts';
import { aVolumeFile, MIB, tool } from '../../image/a-volume.ts';
import { aLargerDisk, type GoldenVolume, partitionOf } from './a-deployed-disk.ts';

const HOSTS = '127.0.0.1\tlocalhost\n127.0.1.1\tgolden.lab golden # golden\n';

/** XFS is made of no less than 300 MiB, Btrfs of 109. */
const SIZE_MIB: Readonly<Record<string, number>> = { xfs: 320 };
const USUAL_MIB = 128;

/** A volume with the root of a Linux called `golden`, in a folder of it. */
async function aLinux(context: TestContext, fileSystem: string, folder = '.'): Promise<GoldenVolume> {
  const file = await aVolumeFile((SIZE_MIB[fileSystem] ?? USUAL_MIB) * MIB, 'blank');
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
async function aWindows(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<GoldenVolume> {
  const file = await aVolumeFile(USUAL_MIB * MIB, 'blank');
  await tool(context, 'mkntfs', 'ntfs-3g')('-F', '-Q', '-q', file);
  const volume = await mounted(context, file, 'ntfs-3g');
  for (const folder of ['Windows/Panther', 'Windows/System32/Sysprep'])
    await mkdir(join(volume.folder, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(volume.folder, path), text);
  volume.unmount();
  return { number: 1, fileSystem: 'ntfs', file };
}

async function aDisk(context: TestContext, volume: GoldenVolume) {
  const mib = SIZE_MIB[volume.fileSystem] ?? USUAL_MIB;
  const bytes = (mib + 2) * MIB;
  return aLargerDisk(context, { script: `label: gpt\nsize=${mib}MiB\n`, bytes, volumes: [volume] }, bytes);
}

/** A file of a Linux or Windows as it stands on the disk. */
async function fileOn(context: TestContext, disk: string, path: string, by = 'mount'): Promise<string> {
  const { file } = await partitionOf(context, disk, 1);
  const volume = await mounted(context, file, by);
  const text = await readFile(join(volume.folder, path), 'utf8');
  volume.unmount();
  return text;
}

const TAG = { 'Windows/System32/Sysprep/Sysprep_succeeded.tag': '' };

describe('the host name of a machine', () => {
  for (const fileSystem of ['ext4', 'xfs', 'btrfs'])
    it(`stands in its Linux on ${fileSystem}, also where the old one stood in hosts`, async (context) => {
      const { path, run } = await aDisk(context, await aLinux(context, fileSystem));
      await run(setHostName('pc-07'));
      expect(await fileOn(context, path, 'etc/hostname')).toBe('pc-07\n');
      expect(await fileOn(context, path, 'etc/hosts')).toBe(
        '127.0.0.1\tlocalhost\n127.0.1.1\tgolden.lab pc-07 # golden\n',
      );
    });

  it('stands in a subvolume of Btrfs that is the root', async (context) => {
    const { path, run } = await aDisk(context, await aLinux(context, 'btrfs', '@'));
    await run(setHostName('pc-07'));
    expect(await fileOn(context, path, '@/etc/hostname')).toBe('pc-07\n');
  });

  it('is the same after a second time', async (context) => {
    const { path, run } = await aDisk(context, await aLinux(context, 'ext4'));
    await run(setHostName('pc-07'), setHostName('pc-07'));
    expect(await fileOn(context, path, 'etc/hostname')).toBe('pc-07\n');
  });

  it('never leaves the disk by a symbolic link of it', async (context) => {
    const golden = await aLinux(context, 'ext4');
    const outside = join(await aFolder(), 'outside');
    await writeFile(outside, 'mine\n');
    const volume = await mounted(context, golden.file);
    await tool(context, 'rm', 'coreutils')(join(volume.folder, 'etc/hostname'));
    await symlink(outside, join(volume.folder, 'etc/hostname'));
    volume.unmount();
    const { path, run } = await aDisk(context, golden);
    await run(setHostName('pc-07'));
    expect(await readFile(outside, 'utf8')).toBe('mine\n');
    expect(await fileOn(context, path, 'etc/hostname')).toBe('pc-07\n');
  });

  it('stands in an answer file for the first start of a generalised Windows', async (context) => {
    const { path, run, notes } = await aDisk(context, await aWindows(context, TAG));
    await run(setHostName('PC-07'));
    const answers = await fileOn(context, path, 'Windows/Panther/unattend.xml', 'ntfs-3g');
    expect(answers).toMatch(/pass="specialize".*<ComputerName>PC-07<\/ComputerName>/s);
    expect(notes).toEqual([]);
    expect(
      await tool(context, 'ntfsfix', 'ntfs-3g')('-n', (await partitionOf(context, path, 1)).file),
    ).toMatch(/processed successfully/);
  });

  it('takes the place of the one in the answer file of the image, also when the volume has just grown', async (context) => {
    const own = '<a><ComputerName>*</ComputerName><Owner>School</Owner></a>';
    const windows = await aWindows(context, { ...TAG, 'Windows/Panther/Unattend.xml': own });
    const script = `label: gpt\nsize=${USUAL_MIB}MiB\n`;
    const { path, run } = await aLargerDisk(
      context,
      { script, bytes: (USUAL_MIB + 2) * MIB, volumes: [windows] },
      200 * MIB,
    );
    await tool(context, 'sgdisk', 'gdisk')('-e', path);
    await run(growLastPartition, setHostName('PC-07'));
    const { file } = await partitionOf(context, path, 1);
    const cat = tool(context, 'ntfscat', 'ntfs-3g');
    expect(await cat('-f', file, 'Windows/Panther/Unattend.xml')).toContain(
      '<a><ComputerName>PC-07</ComputerName><Owner>School</Owner></a>',
    );
  });

  it('is told not to come into effect in a Windows that was not generalised', async (context) => {
    const { run, notes } = await aDisk(context, await aWindows(context, {}));
    await run(setHostName('PC-07'));
    expect(notes).toEqual([expect.stringContaining('was not generalised by sysprep')]);
  });

  it('is a failure where an answer file has no place for it, and the file stays', async (context) => {
    const windows = await aWindows(context, { 'Windows/Panther/unattend.xml': '<a/>' });
    const { path, run } = await aDisk(context, windows);
    await expect(run(setHostName('PC-07'))).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('<ComputerName>*</ComputerName>'),
    });
    expect(await fileOn(context, path, 'Windows/Panther/unattend.xml', 'ntfs-3g')).toBe('<a/>');
  });

  it('is a failure where no system is on the disk', async (context) => {
    const file = await aVolumeFile(USUAL_MIB * MIB, 'blank');
    await tool(context, 'mkfs.ext4', 'e2fsprogs')('-q', file);
    const { run } = await aDisk(context, { number: 1, fileSystem: 'ext4', file });
    await expect(run(setHostName('pc-07'))).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });
});
