import type { Command } from 'commander';
import { deploymentChangeCommand } from '../deployment-change.ts';

/** `swarmboot deploy cancel <id> [machines...]` */
export function deployCancelCommand(): Command {
  return deploymentChangeCommand({
    name: 'cancel',
    description:
      'Disarms the machines of a deployment that have not got the image yet, and those that have it and were not heard for ten minutes.',
    named: 'only these, whatever they are at: nobody waits for them any more',
    change: (server, id, machines) => server.cancelDeployment(id, machines),
    outcome: 'is cancelled',
  });
}
