import { cp, mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { mergedRanges } from '../../../../src/engine/image/disk/byte-ranges.ts';
import { fileSystemOf } from '../../../../src/engine/image/file-system/file-system-of.ts';
import { someBytes } from '../../an-image.ts';
import { aDiskOf, aStore, capture, restoredDisk } from '../a-captured-image.ts';
import { loopDeviceOf, mounted } from '../a-mounted-volume.ts';
import { takeVolume } from '../a-partitioned-disk.ts';
import { btrfs, ext, MIB, ntfs, REAL_FILES, tool, type VolumeMaker, volumeOf, xfs } from '../a-volume.ts';

/** Files of a few blocks, most of them removed, and one that fills some of the gaps: as after years of use. */
async function useForYears(folder: string): Promise<void> {
  await cp(join(REAL_FILES, 'cli'), join(folder, 'real'), { recursive: true });
  await mkdir(join(folder, 'small'));
  const room = await statfs(folder);
  const files = Math.min(600, Math.floor((room.bavail * room.bsize * 0.9) / 40_000));
  for (let file = 0; file < files; file++)
    // What is removed before it is flushed would never have had a place on the disk.
    await writeFile(join(folder, 'small', `${file}`), someBytes(33_000, `${file}`), { flush: true });
  for (let file = 0; file < files; file += 2) await rm(join(folder, 'small', `${file}`));
  await writeFile(join(folder, 'large'), someBytes(files * 12_000, 'large'), { flush: true });
  for (let file = 1; file < files; file += 4) await rm(join(folder, 'small', `${file}`));
}

async function used(maker: VolumeMaker, context: TestContext): Promise<string> {
  const file = await maker(context);
  const isNtfs = maker === NTFS;
  const device = isNtfs ? null : loopDeviceOf(context, file);
  const volume = await mounted(context, device?.path ?? file, isNtfs ? 'ntfs-3g' : 'mount');
  await useForYears(volume.folder);
  volume.unmount();
  device?.detach();
  return file;
}

const NTFS = ntfs(24 * MIB);

/** [what, how it is made, who checks it and what is said then] */
const FRAGMENTED: readonly (readonly [
  string,
  VolumeMaker,
  readonly [string, string, ...string[]],
  RegExp,
])[] = [
  ['NTFS', NTFS, ['ntfsfix', 'ntfs-3g', '-n'], /processed successfully/],
  ['ext4', ext(40 * MIB, 'ext4'), ['e2fsck', 'e2fsprogs', '-fn'], /Pass 5/],
  ['XFS', xfs(300 * MIB), ['xfs_repair', 'xfsprogs', '-n'], /Phase 7/],
  ['Btrfs', btrfs(120 * MIB), ['btrfs', 'btrfs-progs', 'check', '--check-data-csum'], /no error found/],
];

describe('a file system that was in use and is fragmented', () => {
  it.for(FRAGMENTED)(
    'is restored to the same files, and is in order: %s',
    async ([, make, [name, debianPackage, ...options], sentence], context) => {
      const volume = await used(make, context);
      const ranges = mergedRanges((await fileSystemOf(volumeOf(await readFile(volume))))!.used);
      expect(ranges.length).toBeGreaterThan(20);
      const [disk, store] = [await aDiskOf(context, [async () => volume]), await aStore()];
      const { image, chunks } = await capture(store, { source: disk });
      // Small gaps are bridged: there are fewer chunks than used ranges.
      expect(chunks).toBeLessThan(ranges.length);
      const restored = await takeVolume(await restoredDisk(store, image), image.manifest.partitions[0]!);
      expect(await tool(context, name, debianPackage)(...options, restored)).toMatch(sentence);
      const before = await contentOf(context, volume, make === NTFS);
      expect(await contentOf(context, restored, make === NTFS)).toEqual(before);
      expect(before).toContain('large');
    },
  );
});

/** SHA-256 of every file. */
async function contentOf(context: TestContext, file: string, isNtfs: boolean): Promise<string> {
  const device = isNtfs ? null : loopDeviceOf(context, file);
  const volume = await mounted(context, device?.path ?? file, isNtfs ? 'ntfs-3g' : 'mount');
  const sums = await tool(
    context,
    'sh',
    'dash',
  )('-c', `cd '${volume.folder}' && find . -type f | sort | xargs -d '\\n' sha256sum`);
  volume.unmount();
  device?.detach();
  return sums;
}
