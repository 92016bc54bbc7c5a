import type { Command } from 'commander';
import { deploymentChangeCommand } from '../deployment-change.ts';

/** `swarmboot deploy retry <id> [machines...]` */
export function deployRetryCommand(): Command {
  return deploymentChangeCommand({
    name: 'retry',
    description:
      'Arms those machines of a deployment again that failed, were cancelled, or have the image and were not heard for ten minutes.',
    named: 'only these of them',
    change: (server, id, machines) => server.retryDeployment(id, machines),
    outcome: 'is tried again',
  });
}
