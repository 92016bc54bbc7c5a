import type { Command } from 'commander';
import { deploymentChangeCommand } from '../deployment-change.ts';

/** `swarmboot deploy begin <id>` */
export function deployBeginCommand(): Command {
  return deploymentChangeCommand({
    name: 'begin',
    description:
      'Lets the machines of a deployment begin that are ready, without those that --wait-for or --at still wait for.',
    change: (server, id) => server.beginDeployment(id),
    outcome: 'begins with the machines that are ready',
  });
}
