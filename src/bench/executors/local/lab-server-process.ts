import type { ServerCommand, ServerReport } from './lab-messages.ts';
import { type LabServer, startLabServer } from './lab-server.ts';
import { leaveSignalsToBench } from './leave-signals-to-bench.ts';
import { portable } from './portable-failure.ts';
import { sayToBench } from './say-to-bench.ts';

/** The process of the lab's server. */

const report = sayToBench<ServerReport>;
let server: LabServer | undefined;

process.on('disconnect', () => process.exit(0));
leaveSignalsToBench();

process.on('message', (command: ServerCommand) => {
  obey(command).catch(failed);
});

function failed(error: unknown): void {
  report({ kind: 'failed', failure: portable(error) });
}

async function obey(command: ServerCommand): Promise<void> {
  switch (command.kind) {
    case 'start':
      server = await startLabServer(command.task, command.isAgain);
      server.lost.catch(failed);
      report({ kind: 'ready', ready: server.ready });
      return;
    case 'stopTracker':
      await server?.stopTracker();
      return;
    case 'count':
      report({ kind: 'counted', uploadedBytes: (await server?.uploadedBytes()) ?? 0 });
      return;
  }
}
