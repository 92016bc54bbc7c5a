import { readFile } from 'node:fs/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { postDeployHooks } from '../../../../src/engine/agent/post-deploy/post-deploy-hooks.ts';
import { unpackFiles } from '../../../../src/engine/agent/post-deploy/unpack-files.ts';
import type { PostDeployHook } from '../../../../src/engine/agent/post-deploy-hook.ts';
import { postDeploySteps } from '../../../../src/engine/deployment/post-deploy-steps.ts';
import { keysOf } from '../../../../src/engine/image/store-keys.ts';
import { aStore, capture } from '../../image/a-captured-image.ts';
import { aPartitionedDisk, putVolume, sfdisk, sfdiskPartitions } from '../../image/a-partitioned-disk.ts';
import { MIB, tool } from '../../image/a-volume.ts';
import { aDeployment, aDiskFile } from '../a-deployment.ts';
import type { AGoldenImage } from '../a-golden-image.ts';
import { aPublishedImage } from '../a-published-image.ts';
import { needsRoot, partitionOf } from './a-deployed-disk.ts';
import { aLinux, aWindows, fileOn, systemMib, TAG } from './a-system-volume.ts';

const MORE_MIB = 200;
const STEPS = postDeploySteps.parse({
  growLastPartition: true,
  hostName: 'pc-07',
  scripts: [{ name: 'own', text: 'true' }],
});

/** A captured image of a disk with one system on it. */
async function aSystemImage(context: TestContext, fileSystem: string): Promise<AGoldenImage> {
  const { file } = fileSystem === 'ntfs' ? await aWindows(context, TAG) : await aLinux(context, fileSystem);
  const mib = systemMib(fileSystem);
  const source = await aPartitionedDisk(context, (mib + 2) * MIB, `label: gpt\nsize=${mib}MiB\n`);
  await putVolume(source, file, (await sfdiskPartitions(context, source))[0]!.startBytes);
  const store = await aStore();
  const { image: stored } = await capture(store, { source });
  return aPublishedImage(stored.folder, { keys: await keysOf(store), disk: await readFile(source) });
}

/** The machine loses its power there: nobody is told. */
function powerCut(power: AbortController): PostDeployHook {
  return {
    name: 'power cut',
    run() {
      power.abort();
      return Promise.reject(new Error('the power is gone'));
    },
  };
}

const CHECKS: Readonly<Record<string, readonly [name: string, debianPackage: string, ...args: string[]]>> = {
  ext4: ['e2fsck', 'e2fsprogs', '-f', '-n'],
  xfs: ['xfs_repair', 'xfsprogs', '-n'],
  btrfs: ['btrfs', 'btrfs-progs', 'check', '--readonly'],
  ntfs: ['ntfsfix', 'ntfs-3g', '--no-action'],
};

describe('a machine that is cut off among the steps and boots again', () => {
  it.for(Object.keys(CHECKS))(
    'takes them all, on a golden disk, as if nothing had been (%s)',
    async (fileSystem, context) => {
      needsRoot(context);
      const golden = await aSystemImage(context, fileSystem);
      const { deploy, arm, targets } = await aDeployment(golden);
      arm('machine');
      const disk = await aDiskFile((systemMib(fileSystem) + MORE_MIB) * MIB);
      // Of an image of a disk nothing is unpacked: that step changes nothing.
      const hooks = postDeployHooks(STEPS).filter((hook) => hook !== unpackFiles);
      for (let done = 1; done <= hooks.length; done++) {
        const { finish, outcome, client } = await deploy({ disks: [disk] });
        // What the steps of the time before have changed has come anew, and was read back.
        if (done > 1) expect(outcome.reusedChunks).toBeLessThan(outcome.chunks);
        const power = new AbortController();
        const cutOff = finish([...hooks.slice(0, done), powerCut(power)], power.signal);
        await expect(cutOff).rejects.toThrow('the power is gone');
        await client.stop();
        expect(targets()).toMatchObject([{ state: 'verified' }]);
      }
      const { finish } = await deploy({ disks: [disk] });
      await finish(hooks);

      expect(targets()).toMatchObject([{ state: 'finished' }]);
      expect(await sfdisk(context, ['--verify', disk.path])).toMatch(/No errors detected/i);
      const { file, bytes } = await partitionOf(context, disk.path, 1);
      expect(bytes).toBeGreaterThan((systemMib(fileSystem) + MORE_MIB - 4) * MIB);
      const [check, debianPackage, ...args] = CHECKS[fileSystem]!;
      await tool(context, check, debianPackage)(...args, file);
      if (fileSystem === 'ntfs') {
        const answers = tool(context, 'ntfscat', 'ntfs-3g')('-f', file, 'Windows/Panther/unattend.xml');
        expect(await answers).toContain('<ComputerName>pc-07</ComputerName>');
      } else expect(await fileOn(context, disk.path, 'etc/hostname')).toBe('pc-07\n');
    },
  );
});
