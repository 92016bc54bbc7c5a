import { spawnSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { installedTool, skipOrFail } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';

/** What a block device says of itself. */
interface LoopWishes {
  readonly sectorBytes?: number;
  /** Default: as the disk under the file. */
  readonly isRotational?: boolean;
}

/** A block device over a file, gone when the test is over. Skips the test where there is no right to make one. */
export async function aLoopDevice(
  context: TestContext,
  bytes: number,
  { sectorBytes = 512, isRotational }: LoopWishes = {},
): Promise<string> {
  const losetup = installedTool(context, 'losetup', 'util-linux');
  const file = join(await aFolder(), 'device.img');
  const handle = await open(file, 'w');
  await handle.truncate(bytes);
  await handle.close();
  const options = ['--find', '--show', '--sector-size', String(sectorBytes), file];
  const { status, stdout, stderr } = spawnSync(losetup, options, { encoding: 'utf8' });
  if (status !== 0) skipOrFail(context, `needs a loop device, which takes root: ${stderr.trim()}`);
  const device = stdout.trim();
  onTestFinished(() => {
    spawnSync(losetup, ['--detach', device]);
  });
  if (isRotational !== undefined)
    await writeFile(`/sys/block/${basename(device)}/queue/rotational`, isRotational ? '1' : '0');
  return device;
}
