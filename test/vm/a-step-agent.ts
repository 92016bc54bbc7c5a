// The only program on a machine of the test: takes the steps that lie beside it on its first disk, twice, as a machine
// does that was cut off before it could report, and says what the firmware knows then.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiskWriter } from '../../src/engine/agent/disk-writer.ts';
import { postDeployHooks } from '../../src/engine/agent/post-deploy/post-deploy-hooks.ts';
import { runTool } from '../../src/engine/agent/post-deploy/system-tools.ts';

const DISK = '/dev/vda';
const { steps, manifest } = JSON.parse(readFileSync(join(import.meta.dirname, 'task.json'), 'utf8'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const disk = await DiskWriter.open(DISK);
for (const hook of [...postDeployHooks(steps), ...postDeployHooks(steps)]) {
  say(`step: ${hook.name}`);
  await hook.run({
    path: DISK,
    disk,
    manifest,
    machine: 'machine',
    note: (sentence) => say(`note: ${sentence}`),
  });
  await disk.flush();
}
await disk.close();
say(await runTool({ name: 'efibootmgr', args: [] }));
