import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentServer, serverLine, serverSettingsOf } from '../../../engine/index.ts';
import { RunFailure } from '../../../failure.ts';
import { loadQuantityParser } from '../../../settings/quantity.ts';
import { parseSettingsDocument } from '../../../settings/settings-document.ts';
import { leaveSignalsToBench } from '../local/leave-signals-to-bench.ts';
import { portable } from '../local/portable-failure.ts';
import { sayToBench } from '../local/say-to-bench.ts';
import type { VmServerReport, VmServerTask } from './vm-server-messages.ts';

/** The deployment server, as it is, on its host in the lab; and the operator who arms the machines. When the bench is gone, it clears up. */

const report = sayToBench<VmServerReport>;
let scratchFolder: string | undefined;

process.on('disconnect', () => {
  if (scratchFolder) rmSync(scratchFolder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});
leaveSignalsToBench();

process.on('message', (task: VmServerTask) => {
  serve(task).catch((error: unknown) => report({ kind: 'failed', failure: portable(error) }));
});

async function serve({ settings, wish, ...task }: VmServerTask): Promise<void> {
  scratchFolder = task.scratchFolder;
  // JSON is YAML.
  const file = { file: 'settings of the lab', wanted: 'a server has settings' };
  const document = parseSettingsDocument(JSON.stringify(settings), file);
  await DeploymentServer.start({
    settings: await serverSettingsOf(document, loadQuantityParser),
    // Machines boot our own boot image, which has its agent.
    agentFiles: () => Promise.resolve([]),
    told: (event) => {
      const line = serverLine(event);
      if (line !== undefined) report({ kind: 'said', line });
    },
  });
  await ask(settings.state, wish);
  report({ kind: 'ready' });
}

async function ask(state: string, wish: object): Promise<void> {
  const { url, token } = JSON.parse(await readFile(join(state, 'operator-access.json'), 'utf8'));
  const response = await fetch(`${url}/api/v1/deployments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(wish),
  });
  if (!response.ok)
    throw new RunFailure('LAB_SERVER', `the machines cannot be armed: ${await response.text()}`);
}
