import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { RunFailure } from '../../../failure.ts';
import type { DeployedDisk, PostDeployHook } from '../post-deploy-hook.ts';
import { type EfiBootList, orderWith, parseEfiBootList } from './efi-boot-list.ts';
import { chooseLoader } from './efi-loader.ts';
import { partitionNumbered, withMounted, withPartitionDevice } from './partition-device.ts';
import { runTool } from './system-tools.ts';

/** There only where the machine was started by UEFI. */
const EFI_FOLDER = '/sys/firmware/efi';
/** By it an entry of an earlier deployment is known again. */
const ENTRY_LABEL = 'Swarmboot: disk';

/**
 * A boot entry of the firmware for the system on the disk, started next and from then on right behind the entry that
 * this start came by. Where the machine was not started by UEFI, or the disk has no boot loader for it, a note.
 */
export const addEfiBootEntry: PostDeployHook = {
  name: 'EFI boot entry',
  async run(deployed) {
    if (!existsSync(EFI_FOLDER)) {
      deployed.note('the machine was not started by UEFI: it gets no boot entry');
      return;
    }
    const found = await loaderOn(deployed);
    if (!found) {
      deployed.note('the disk has no boot loader for UEFI: the machine gets no boot entry');
      return;
    }
    for (const { number } of (await bootList()).entries.filter(({ label }) => label === ENTRY_LABEL))
      await efibootmgr('--bootnum', number, '--delete-bootnum');
    await create(deployed, found);
    const list = await bootList();
    const entry = list.entries.find(({ label }) => label === ENTRY_LABEL)?.number;
    if (entry === undefined) throw new RunFailure('STEP_FAILED', 'the firmware did not keep the boot entry');
    await efibootmgr('--bootorder', orderWith(entry, list).join(','));
    await efibootmgr('--bootnext', entry);
    deployed.note(`boot entry ${entry} starts ${found.path} of partition ${found.partition}`);
  },
};

interface FoundLoader {
  readonly partition: number;
  /** Such as `EFI/debian/shimx64.efi`. */
  readonly path: string;
}

/** On the first FAT partition that has one: manifests do not say which is the EFI system partition. */
async function loaderOn(deployed: DeployedDisk): Promise<FoundLoader | undefined> {
  for (const { number, fileSystem } of deployed.manifest.partitions) {
    if (fileSystem !== 'vfat') continue;
    const files = await withPartitionDevice(deployed, await partitionNumbered(deployed, number), (device) =>
      withMounted(device, 'vfat', (folder) => readdir(folder, { recursive: true })),
    );
    const path = chooseLoader(files);
    if (path !== undefined) return { partition: number, path };
  }
  return undefined;
}

function create({ path: disk }: DeployedDisk, { partition, path }: FoundLoader): Promise<string> {
  return efibootmgr(
    '--create-only',
    ...['--disk', disk, '--part', `${partition}`, '--label', ENTRY_LABEL],
    ...['--loader', `\\${path.replaceAll('/', '\\')}`],
  );
}

async function bootList(): Promise<EfiBootList> {
  return parseEfiBootList(await efibootmgr());
}

function efibootmgr(...args: string[]): Promise<string> {
  return runTool({ name: 'efibootmgr', args });
}
