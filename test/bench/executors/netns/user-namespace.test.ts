import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { aFolder } from '../../../integration/swarmboot-process.ts';
import { skipOrFail } from '../local/installed-tool.ts';
import { needsNetns } from './a-netns-lab.ts';

const UNSHARE = 'unshare';

/** A command in namespaces of its own, as root there and nowhere else. */
function inUserNamespace(...command: readonly string[]) {
  const shell = 'mount -t tmpfs tmpfs /run && exec "$@"';
  const namespaces = ['--user', '--map-root-user', '--net', '--mount'];
  return spawnSync(UNSHARE, [...namespaces, 'sh', '-c', shell, 'sh', ...command], { encoding: 'utf8' });
}

it('a lab runs in a user namespace, without the rights of root', async (context) => {
  needsNetns(context);
  const { status, stderr } = inUserNamespace('true');
  if (status !== 0) skipOrFail(context, `user namespaces cannot be made here: ${stderr}`);
  const settings = { machines: 2, options: { workFolder: await aFolder() } };
  const entry = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
  const bench = inUserNamespace(process.execPath, entry, JSON.stringify(settings));
  expect({ stdout: bench.stdout, stderr: bench.stderr }).toEqual({ stdout: '[true,true]', stderr: '' });
});
