import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import type { ImagePartition } from '../../image/manifest.ts';
import type { DeployedDisk, PostDeployHook } from '../post-deploy-hook.ts';
import { isLinuxRoot, ROOT_FOLDERS, writeHostName } from './linux-host-name.ts';
import { partitionNumbered, withMounted, withPartitionDevice } from './partition-device.ts';
import { nameWindows } from './windows-host-name.ts';

const LINUX = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs'];

/** Every system on the disk that is found gets the name. That there is none is a failure. */
export function setHostName(name: string): PostDeployHook {
  return {
    name: `host name ${name}`,
    async run(deployed) {
      let named = 0;
      for (const partition of deployed.manifest.partitions)
        if (await nameSystemOn(deployed, partition, name)) named++;
      if (named === 0)
        throw new RunFailure(
          'STEP_FAILED',
          'no partition of the disk has a Linux or Windows that could be named',
        );
    },
  };
}

async function nameSystemOn(
  deployed: DeployedDisk,
  { number, fileSystem }: ImagePartition,
  name: string,
): Promise<boolean> {
  if (fileSystem !== 'ntfs' && !LINUX.includes(fileSystem)) return false;
  const partition = await partitionNumbered(deployed, number);
  return withPartitionDevice(deployed, partition, async (device) => {
    if (fileSystem !== 'ntfs') return withMounted(device, fileSystem, (folder) => nameLinux(folder, name));
    const naming = await nameWindows(device, name);
    if (naming === 'named, not generalised')
      deployed.note(
        `the Windows of partition ${number} was not generalised by sysprep: it keeps the name that it has`,
      );
    return naming !== 'no Windows';
  });
}

async function nameLinux(folder: string, name: string): Promise<boolean> {
  for (const place of ROOT_FOLDERS) {
    const root = join(folder, place);
    if (!(await isLinuxRoot(root))) continue;
    await writeHostName(root, name);
    return true;
  }
  return false;
}
