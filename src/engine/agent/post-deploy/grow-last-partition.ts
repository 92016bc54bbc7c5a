import { RunFailure } from '../../../failure.ts';
import type { DiskPartition } from '../../image/disk/disk-partition.ts';
import { isExtended, isUsed, partitionEntries } from '../../image/disk/mbr-codec.ts';
import { growthOf } from '../../image/growth.ts';
import type { DeployedDisk, PostDeployHook } from '../post-deploy-hook.ts';
import { partitionNumbered, withMounted, withPartitionDevice } from './partition-device.ts';
import { runTool } from './system-tools.ts';

/** Partitions begin and end at multiples of this; less than that is no room to grow into. */
const GRAIN_BYTES = 2 ** 20;
/** Logical partitions, which lie in an extended one, count from here. */
const FIRST_LOGICAL = 5;

/** The last partition and its file system reach to the end of the disk. */
export const growLastPartition: PostDeployHook = {
  name: 'growth of the last partition',
  async run(deployed) {
    const growth = growthOf(deployed.manifest);
    if (growth.kind === 'stays') throw new RunFailure('STEP_FAILED', growth.why);
    const { number, fileSystem } = growth.partition;
    const hasTable = deployed.manifest.table !== 'none';
    const before = hasTable ? await partitionNumbered(deployed, number) : growth.partition;
    if (deployed.disk.sizeBytes - before.startBytes - before.bytes < 2 * GRAIN_BYTES) {
      deployed.note(`partition ${number} reaches to the end of the disk as it is`);
      return;
    }
    if (hasTable) await growEntry(deployed, number);
    const after = await grown(deployed, before);
    await withPartitionDevice(deployed, after, (device) => growFileSystem(device, fileSystem));
    if (fileSystem === 'ntfs') deployed.note('Windows checks the volume that grew when it starts first');
    deployed.note(`partition ${number} (${fileSystem}) grew from ${before.bytes} to ${after.bytes} bytes`);
  },
};

/** `, +` is: where it begins, as long as it can be (sfdisk(8)). An extended partition grows before what lies in it. */
async function growEntry({ path, disk, manifest }: DeployedDisk, number: number): Promise<void> {
  const outer =
    manifest.table === 'mbr' && number >= FIRST_LOGICAL
      ? partitionEntries(Buffer.from(await disk.readAt(0, Buffer.alloc(512))))
          .filter((entry) => isUsed(entry) && isExtended(entry))
          .map((entry) => entry.number)
      : [];
  const quiet = [
    '--quiet',
    '--no-reread',
    '--no-tell-kernel',
    '--wipe',
    'never',
    '--wipe-partitions',
    'never',
  ];
  for (const each of [...outer, number])
    await runTool({ name: 'sfdisk', args: [...quiet, '-N', `${each}`, path], input: ', +\n' });
}

/** What the table says now, or the whole disk where there is none. */
async function grown(deployed: DeployedDisk, before: DiskPartition): Promise<DiskPartition> {
  const after = await partitionNumbered(deployed, before.number);
  if (after.startBytes === before.startBytes && after.bytes >= before.bytes) return after;
  throw new RunFailure('BAD_TABLE', `partition ${before.number} is not where it was before it grew`);
}

async function growFileSystem(device: string, fileSystem: string): Promise<void> {
  const run = (name: string, ...args: string[]) => runTool({ name, args });
  switch (fileSystem) {
    case 'xfs':
      await withMounted(device, 'xfs', (folder) => run('xfs_growfs', folder));
      return;
    case 'btrfs':
      await withMounted(device, 'btrfs', (folder) => run('btrfs', 'filesystem', 'resize', 'max', folder));
      return;
    case 'ntfs':
      // Twice: once for a volume that was resized before, once instead of the question.
      await run('ntfsresize', '--force', '--force', '--no-progress-bar', device);
      return;
    default:
      // resize2fs wants it checked; 1 is "errors corrected" (e2fsck(8)).
      await runTool({ name: 'e2fsck', args: ['-f', '-p', device], good: [0, 1] });
      await run('resize2fs', device);
  }
}
