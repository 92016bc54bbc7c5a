import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { type CaptureRequest, captureImage } from '../../../src/engine/image/capture/capture.ts';
import { decodeChunk } from '../../../src/engine/image/chunk-codec.ts';
import { IMAGE_FILES, ImageStore, type StoredImage } from '../../../src/engine/image/image-store.ts';
import { keysOf } from '../../../src/engine/image/store-keys.ts';
import { aFolder } from '../an-image.ts';
import { aPartitionedDisk, putVolume, sfdiskPartitions } from './a-partitioned-disk.ts';
import { ext, MIB, ntfs, swap, type VolumeMaker } from './a-volume.ts';

/** A disk with those volumes behind each other, in a GPT or an MBR. */
export async function aDiskOf(
  context: TestContext,
  makers: readonly VolumeMaker[],
  label: 'gpt' | 'dos' = 'gpt',
): Promise<string> {
  const volumes = await Promise.all(makers.map((make) => make(context)));
  const sizes = await Promise.all(volumes.map(async (volume) => (await readFile(volume)).length));
  const bytes = sizes.reduce((sum, size) => sum + size, 3 * MIB);
  const script = [`label: ${label}`, ...sizes.map((size) => `size=${size / MIB}MiB`)].join('\n');
  const disk = await aPartitionedDisk(context, bytes, script);
  const partitions = await sfdiskPartitions(context, disk);
  for (const [index, volume] of volumes.entries())
    await putVolume(disk, volume, partitions[index]!.startBytes);
  return disk;
}

/** NTFS and ext4 with real files, and swap; all of their free space is full of the marker. */
export function aGoldenDisk(context: TestContext): Promise<string> {
  return aDiskOf(context, [
    ntfs(24 * MIB),
    ext(40 * MIB, 'ext4', '-O', '^resize_inode', '-E', 'nodiscard,lazy_itable_init=1'),
    swap(4 * MIB),
  ]);
}

export async function aStore(): Promise<ImageStore> {
  return new ImageStore(await aFolder());
}

/** Captures as the command does; `watch` hears of it first. */
export function capture(
  store: ImageStore,
  request: Partial<CaptureRequest> & { source: string },
  watch: { progressed?: (bytes: number) => void; signal?: AbortSignal } = {},
) {
  const usual = { name: 'lab', encoding: { kind: 'zstd', level: 3 }, whole: [] } as const;
  return captureImage(
    store,
    { ...usual, ...request },
    {
      signal: watch.signal ?? new AbortController().signal,
      privateKey: async () => (await keysOf(store)).privateKey,
      planned: () => {},
      progressed: watch.progressed ?? (() => {}),
    },
  );
}

/** A disk with every chunk of the image at its place and other bytes everywhere else. @returns the file */
export async function restoredDisk(store: ImageStore, image: StoredImage): Promise<string> {
  const { diskBytes, chunks } = await store.extentMapOf(image);
  const payload = await readFile(join(image.folder, IMAGE_FILES.payload));
  const target = join(await aFolder(), 'restored.img');
  await writeFile(target, Buffer.alloc(diskBytes, 0xa5));
  const disk = await open(target, 'r+');
  for (const chunk of chunks) {
    const wire = payload.subarray(chunk.wireOffset, chunk.wireOffset + chunk.wireBytes);
    const raw = await decodeChunk(wire, chunk, image.manifest.encoding);
    await disk.write(raw, 0, raw.length, chunk.diskOffset);
  }
  await disk.close();
  return target;
}
