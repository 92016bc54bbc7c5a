import type { Command } from 'commander';
import { deploymentChangeCommand } from '../deployment-change.ts';

/** `swarmboot deploy cancel <id>` */
export function deployCancelCommand(): Command {
  return deploymentChangeCommand({
    name: 'cancel',
    description:
      'Disarms the machines of a deployment that have not got the image yet, and those that have it and were not heard for ten minutes.',
    change: (server, id) => server.cancelDeployment(id),
    outcome: 'is cancelled',
  });
}
