import { truncate } from 'node:fs/promises';
import { onTestFinished, type TestContext } from 'vitest';
import { DiskWriter } from '../../../../src/engine/agent/disk-writer.ts';
import type { DeployedDisk, PostDeployHook } from '../../../../src/engine/agent/post-deploy-hook.ts';
import type { ImagePartition, Manifest } from '../../../../src/engine/image/manifest.ts';
import { skipOrFail } from '../../../bench/executors/local/installed-tool.ts';
import { aPartitionedDisk, putVolume, sfdiskPartitions, takeVolume } from '../../image/a-partitioned-disk.ts';

export const MACHINE = '52:54:00:12:34:56';

/** What of a manifest the steps look at. */
export interface GoldenShape {
  readonly table: Manifest['table'];
  /** Of the golden disk, which can be smaller than the one it is on. */
  readonly bytes: number;
  readonly partitions: readonly Pick<ImagePartition, 'number' | 'startBytes' | 'bytes' | 'fileSystem'>[];
}

/** A disk that an agent has written and holds; let go when the test is over. */
export async function aDeployedDisk(
  path: string,
  { table, bytes, partitions = [] }: Omit<GoldenShape, 'partitions'> & Partial<GoldenShape>,
) {
  const disk = await DiskWriter.open(path);
  onTestFinished(() => disk.close());
  const notes: string[] = [];
  const manifest = {
    ...{ name: 'lab', version: 3, table, partitions },
    disk: { bytes, sectorBytes: 512 },
  } as unknown as Manifest;
  const deployed: DeployedDisk = {
    ...{ path, disk, manifest, machine: MACHINE },
    note: (sentence) => notes.push(sentence),
  };
  /** The hooks one after the other, as the agent runs them. */
  async function run(...hooks: readonly PostDeployHook[]): Promise<void> {
    for (const hook of hooks) {
      await hook.run(deployed);
      await disk.flush();
    }
  }
  return { run, notes, deployed };
}

/** Skips the test where loop devices and mounts are not for us. */
export function needsRoot(context: TestContext): void {
  if (process.getuid?.() !== 0) skipOrFail(context, 'needs root, for loop devices and mounts');
}

/** A golden disk with one volume on it, on a disk of this machine that is larger. */
export async function aLargerDisk(
  context: TestContext,
  golden: { readonly script: string; readonly bytes: number; readonly volumes: readonly GoldenVolume[] },
  bytes: number,
) {
  needsRoot(context);
  const path = await aPartitionedDisk(context, golden.bytes, golden.script);
  const places = await sfdiskPartitions(context, path);
  const partitions: GoldenShape['partitions'][number][] = [];
  for (const { number, fileSystem, file } of golden.volumes) {
    const place = places.find((one) => one.number === number)!;
    await putVolume(path, file, place.startBytes);
    partitions.push({ ...place, fileSystem });
  }
  await truncate(path, bytes);
  const table = golden.script.includes('label: gpt') ? 'gpt' : 'mbr';
  return { path, ...(await aDeployedDisk(path, { table, bytes: golden.bytes, partitions })) };
}

export interface GoldenVolume {
  /** Of its partition. */
  readonly number: number;
  readonly fileSystem: string;
  readonly file: string;
}

/** A partition taken off a disk, into a file of its own. */
export async function partitionOf(context: TestContext, disk: string, number: number) {
  const place = (await sfdiskPartitions(context, disk)).find((one) => one.number === number)!;
  return { ...place, file: await takeVolume(disk, place) };
}
