import { chown, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { growLastPartition } from '../../../../src/engine/agent/post-deploy/grow-last-partition.ts';
import { setHostName } from '../../../../src/engine/agent/post-deploy/set-host-name.ts';
import { aFolder } from '../../an-image.ts';
import { mounted } from '../../image/a-mounted-volume.ts';
import { aVolumeFile, MIB, tool } from '../../image/a-volume.ts';
import { aLargerDisk, type GoldenVolume, partitionOf } from './a-deployed-disk.ts';
import { aLinux, aWindows, fileOn, systemMib, TAG } from './a-system-volume.ts';

async function aDisk(context: TestContext, volume: GoldenVolume) {
  const mib = systemMib(volume.fileSystem);
  const bytes = (mib + 2) * MIB;
  return aLargerDisk(context, { script: `label: gpt\nsize=${mib}MiB\n`, bytes, volumes: [volume] }, bytes);
}

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

  it('leaves its files to those whose they are', async (context) => {
    const golden = await aLinux(context, 'ext4');
    const before = await mounted(context, golden.file);
    const owned = ['etc/hostname', 'etc/hosts'];
    for (const file of owned) await chown(join(before.folder, file), 12, 34);
    before.unmount();
    const { path, run } = await aDisk(context, golden);
    await run(setHostName('pc-07'));
    const after = await mounted(context, (await partitionOf(context, path, 1)).file);
    for (const file of owned)
      expect(await stat(join(after.folder, file))).toMatchObject({ uid: 12, gid: 34 });
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
    const script = `label: gpt\nsize=${systemMib('ntfs')}MiB\n`;
    const { path, run } = await aLargerDisk(
      context,
      { script, bytes: (systemMib('ntfs') + 2) * MIB, volumes: [windows] },
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
    const file = await aVolumeFile(systemMib('ext4') * MIB, 'blank');
    await tool(context, 'mkfs.ext4', 'e2fsprogs')('-q', file);
    const { run } = await aDisk(context, { number: 1, fileSystem: 'ext4', file });
    await expect(run(setHostName('pc-07'))).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });
});
