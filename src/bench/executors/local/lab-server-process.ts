import { rmSync } from 'node:fs';
import type { ServerCommand, ServerReport } from './lab-messages.ts';
import { type LabServer, startLabServer } from './lab-server.ts';
import { leaveSignalsToBench } from './leave-signals-to-bench.ts';
import { portable } from './portable-failure.ts';
import { sayToBench } from './say-to-bench.ts';

/** The process of the lab's server. It owns the scratch folder: when the bench is gone, it clears up. */

const report = sayToBench<ServerReport>;
let server: LabServer | undefined;
let scratchFolder: string | undefined;

process.on('disconnect', () => {
  clearUp();
  process.exit(0);
});
// It may have gone to the whole process group: then nobody else is left to do it.
process.once('SIGTERM', () => {
  clearUp();
  process.kill(process.pid, 'SIGTERM');
});
leaveSignalsToBench();

process.on('message', (command: ServerCommand) => {
  obey(command).catch((error: unknown) => report({ kind: 'failed', failure: portable(error) }));
});

async function obey(command: ServerCommand): Promise<void> {
  switch (command.kind) {
    case 'start': {
      const { task, files } = command;
      scratchFolder = task.scratchFolder;
      server = await startLabServer(task, files);
      report({ kind: 'ready', ready: server.ready });
      return;
    }
    case 'stopTracker':
      await server?.stopTracker();
      return;
    case 'count':
      report({ kind: 'counted', uploadedBytes: (await server?.uploadedBytes()) ?? 0 });
      return;
  }
}

function clearUp(): void {
  if (scratchFolder) rmSync(scratchFolder, { recursive: true, force: true, maxRetries: 5 });
}
