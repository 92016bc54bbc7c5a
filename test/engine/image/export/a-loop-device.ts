import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { installedTool, skipOrFail } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';

/** A block device over a file, gone when the test is over. Skips the test where there is no right to make one. */
export async function aLoopDevice(context: TestContext, bytes: number): Promise<string> {
  const losetup = installedTool(context, 'losetup', 'util-linux');
  const file = join(await aFolder(), 'device.img');
  const handle = await open(file, 'w');
  await handle.truncate(bytes);
  await handle.close();
  const { status, stdout, stderr } = spawnSync(losetup, ['--find', '--show', file], { encoding: 'utf8' });
  if (status !== 0) skipOrFail(context, `needs a loop device, which takes root: ${stderr.trim()}`);
  const device = stdout.trim();
  onTestFinished(() => {
    spawnSync(losetup, ['--detach', device]);
  });
  return device;
}
