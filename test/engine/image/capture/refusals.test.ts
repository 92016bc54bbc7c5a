import { spawnSync } from 'node:child_process';
import { open, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { ConfigError, RunFailure } from '../../../../src/failure.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder, anImageFile, someBytes } from '../../an-image.ts';
import { aDiskOf, aStore, capture } from '../a-captured-image.ts';
import { loopDeviceOf, mounted } from '../a-mounted-volume.ts';
import { aPartitionedDisk, putVolume } from '../a-partitioned-disk.ts';
import { btrfs, ext, flipByte, MIB, ntfs, swap, tool, type VolumeMaker, xfs } from '../a-volume.ts';

/** It is the person's mistake, says so, and leaves nothing in the store. */
async function expectRefused(source: string, sentence: RegExp, whole: number[] = []): Promise<void> {
  const store = await aStore();
  const captured = capture(store, { source, whole });
  await expect(captured).rejects.toThrow(ConfigError);
  await expect(captured).rejects.toThrow(sentence);
  expect(await readdir(store.folder)).toEqual([]);
}

describe('a disk that somebody uses is refused, and it is said who', () => {
  it.for([
    ['ext4', ext(40 * MIB, 'ext4')],
    ['Btrfs, which has device numbers of its own', btrfs(120 * MIB)],
  ] as const)('with a partition that is mounted: %s', async ([, make], context) => {
    const disk = await aDiskOf(context, [make]);
    const device = loopDeviceOf(context, disk);
    const { folder } = await mounted(context, `${device.path}p1`);
    const sentence = new RegExp(`${device.path}p1 is mounted at ${folder}; unmount it`);
    await expectRefused(device.path, sentence);
    // The file behind it, too, by whatever name.
    await expectRefused(disk, sentence);
    const link = join(await aFolder(), 'link.img');
    await symlink(disk, link);
    await expectRefused(link, sentence);
  });

  it('with a partition that is used as swap', async (context) => {
    const disk = await aDiskOf(context, [swap(4 * MIB)]);
    const device = loopDeviceOf(context, disk);
    const swapon = tool(context, 'swapon', 'mount');
    await swapon(`${device.path}p1`);
    try {
      await expectRefused(disk, new RegExp(`${device.path}p1 is used as swap`));
    } finally {
      spawnSync('/usr/sbin/swapoff', [`${device.path}p1`]);
    }
  });

  it('and is captured as soon as nobody does', async (context) => {
    const disk = await aDiskOf(context, [ext(40 * MIB, 'ext4')]);
    const device = loopDeviceOf(context, disk);
    const { unmount } = await mounted(context, `${device.path}p1`);
    unmount();
    const { image } = await capture(await aStore(), { source: device.path });
    expect(image.manifest.partitions).toMatchObject([{ fileSystem: 'ext4', copied: 'used' }]);
  });

  it('while it is captured nobody can mount it', async (context) => {
    const disk = await aDiskOf(context, [ext(40 * MIB, 'ext4')]);
    const device = loopDeviceOf(context, disk);
    const folder = await aFolder();
    // Where it could be mounted after all.
    const umount = installedTool(context, 'umount', 'mount');
    onTestFinished(() => void spawnSync(umount, [folder]));
    let said = '';
    const captured = await capture(
      await aStore(),
      { source: device.path },
      {
        progressed: () => {
          if (said === '')
            said = spawnSync(installedTool(context, 'mount', 'mount'), [`${device.path}p1`, folder], {
              encoding: 'utf8',
            }).stderr;
        },
      },
    );
    expect(said).toMatch(/already mounted|busy/);
    expect(captured.chunks).toBeGreaterThan(0);
  });
});

describe('what is no disk is refused', () => {
  it('a partition, and the disk is asked for', async (context) => {
    const device = loopDeviceOf(context, await aDiskOf(context, [ext(40 * MIB, 'ext4')]));
    await expectRefused(`${device.path}p1`, /is a partition; give the disk that it is on/);
  });

  it.for([
    [
      'a file that is not there',
      async () => join(await aFolder(), 'none.img'),
      /does not exist; `lsblk` lists the disks/,
    ],
    ['a folder', aFolder, /is neither a disk nor a file/],
    ['an empty file', () => anImageFile(Buffer.alloc(0)), /has 0 bytes; a disk has sectors of 512 bytes/],
    ['a file that ends within a sector', () => anImageFile(Buffer.alloc(1000)), /has 1000 bytes/],
  ] as const)('%s', async ([, make, sentence]) => {
    await expectRefused(await make(), sentence);
  });
});

/** A volume whose computer was switched off while it was mounted: what the disk has at that moment. */
function switchedOff(maker: VolumeMaker): VolumeMaker {
  return async (context: TestContext) => {
    const file = await maker(context);
    const device = loopDeviceOf(context, file);
    const volume = await mounted(context, device.path);
    await writeFile(join(volume.folder, 'open'), someBytes(100_000), { flush: true });
    const copy = join(await aFolder(), 'switched-off.img');
    await writeFile(copy, await readFile(file));
    volume.unmount();
    device.detach();
    return copy;
  };
}

const changedBy =
  (maker: VolumeMaker, change: (volume: string) => Promise<void>): VolumeMaker =>
  async (context) => {
    const file = await maker(context);
    await change(file);
    return file;
  };

describe('a dynamic disk of Windows is refused, since its table does not name its volumes', () => {
  it.for([
    ['dos', '42'],
    ['gpt', '5808C8AA-7E8F-42E0-85D2-E1E90434CFB3'],
    ['gpt', 'AF9B60A0-1431-4F62-BC68-3311714A69AD'],
  ] as const)('also where it begins with a file system: %s, type %s', async ([label, type], context) => {
    const disk = await aPartitionedDisk(context, 48 * MIB, `label: ${label}\nsize=44MiB, type=${type}\n`);
    await putVolume(disk, await ntfs(8 * MIB)(context), MIB);
    // Whole it is no better: with an MBR the database stands behind the partition.
    for (const whole of [[], [1]])
      await expectRefused(disk, /it is a dynamic disk of Windows.*; convert it to a basic disk$/, whole);
  });
});

describe('a file system whose allocation map is not the truth is refused, and it is said what to do', () => {
  it.for([
    [
      'ext4',
      switchedOff(ext(40 * MIB, 'ext4')),
      /partition 1 \(ext4\): it was not unmounted in order: run `e2fsck -p`.*--whole 1/,
    ],
    [
      'XFS',
      switchedOff(xfs(300 * MIB)),
      /partition 1 \(xfs\): it was not unmounted in order: mount and unmount it.*--whole 1/,
    ],
    ['Btrfs', switchedOff(btrfs(120 * MIB)), /partition 1 \(btrfs\): it was not unmounted in order/],
  ] as const)(
    'one that was open when its computer was switched off: %s',
    async ([, make, sentence], context) => {
      const disk = await aDiskOf(context, [make]);
      await expectRefused(disk, sentence);
      expect(
        (await capture(await aStore(), { source: disk, whole: [1] })).image.manifest.partitions[0]!.copied,
      ).toBe('whole');
    },
  );

  it('NTFS that Windows left dirty', async (context) => {
    const make = changedBy(ntfs(24 * MIB), async (volume) => {
      // $Volume is record 3 of the table at cluster 4; its flags are behind the versions 3 and 1.
      const at = (await readFile(volume)).indexOf(Buffer.from([3, 1, 0, 0]), 4 * 4096 + 3 * 1024);
      const file = await open(volume, 'r+');
      await file.write(Buffer.from([1]), 0, 1, at + 2);
      await file.close();
    });
    await expectRefused(
      await aDiskOf(context, [make]),
      /partition 1 \(ntfs\): it is marked as dirty: start Windows .*--whole 1/,
    );
  });

  it('ext4 whose bitmap is damaged', async (context) => {
    const make = changedBy(ext(40 * MIB, 'ext4', '-b', '1024'), async (volume) => {
      const said = await tool(context, 'dumpe2fs', 'e2fsprogs')(volume);
      await flipByte(volume, Number(/Block bitmap at (\d+)/.exec(said)![1]) * 1024 + 1000);
    });
    await expectRefused(
      await aDiskOf(context, [make]),
      /partition 1 cannot be captured: group 0 says that .* run `e2fsck -f`.*--whole 1/,
    );
  });

  it.for(['S1SUSPEND\0', 'S2SUSPEND\0', 'ULSUSPEND\0', 'LINHIB0001'])(
    'swap in which a system sleeps, and that is not offered whole: %s',
    async (signature, context) => {
      const make = changedBy(swap(4 * MIB), async (volume) => {
        const file = await open(volume, 'r+');
        await file.write(Buffer.from(signature), 0, 10, 4086);
        await file.close();
      });
      const disk = await aDiskOf(context, [make]);
      const sentence =
        /partition 1 \(swap\): a hibernated system lies in it: start that system and shut it down$/;
      for (const whole of [[], [1]]) await expectRefused(disk, sentence, whole);
    },
  );

  it('and a partition that is not there cannot be copied whole', async (context) => {
    await expectRefused(
      await aDiskOf(context, [swap(MIB)]),
      /--whole: there is no partition 3; there is 1/,
      [3],
    );
  });
});

describe('a disk that changes while it is captured', () => {
  it.for([
    ['its allocation map', async (disk: string) => flipByte(disk, 2 * MIB + 4096 * 20)],
    ['its time alone', async (disk: string) => utimes(disk, 1, 1)],
  ] as const)('is refused, and nothing is published: %s', async ([, change], context) => {
    const disk = await aDiskOf(context, [ext(40 * MIB, 'ext4')]);
    const store = await aStore();
    let changed: Promise<void> | undefined;
    const captured = capture(store, { source: disk }, { progressed: () => (changed ??= change(disk)) });
    await expect(captured).rejects.toThrow(RunFailure);
    await expect(captured).rejects.toThrow(
      /changed while it was captured: it was written to; see that nobody writes to it/,
    );
    expect(await readdir(join(store.folder, 'images'))).toEqual([]);
  });

  it('is refused as a device, too, which has no times', async (context) => {
    const disk = await aDiskOf(context, [ext(40 * MIB, 'ext4')]);
    const device = loopDeviceOf(context, disk);
    const captured = capture(
      await aStore(),
      { source: device.path },
      {
        // The first sector is in the first chunk, which is always looked at again.
        progressed: () =>
          spawnSync(installedTool(context, 'dd', 'coreutils'), [
            'if=/dev/urandom',
            `of=${device.path}`,
            'bs=440',
            'count=1',
            'conv=notrunc',
          ]),
      },
    );
    await expect(captured).rejects.toThrow(
      /changed while it was captured: bytes from 0 on are no longer what they were/,
    );
  });
});
