import { Command } from 'commander';
import type { OperatorClient, ShownDeployment } from '../engine/index.ts';
import { countOption } from './list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from './operator-option.ts';
import { tally } from './progress/target-line.ts';

/** Something that an operator does to a deployment as a whole. */
interface DeploymentChange {
  readonly name: string;
  readonly description: string;
  change(server: OperatorClient, id: number): Promise<ShownDeployment>;
  /** What is so then: `deployment 3 <outcome>`. */
  readonly outcome: string;
}

/** `swarmboot deploy <name> <id>` */
export function deploymentChangeCommand({ name, description, change, outcome }: DeploymentChange): Command {
  return withOperatorOptions(
    new Command(name).description(description).argument('<id>', 'number of a deployment'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy ${name} 3
  ./swarmboot deploy ${name} 3 --json`,
    )
    .action(async (id: string, { json, ...options }: OperatorOptions) => {
      const deployment = await change(await openServer(options), countOption('id', id));
      process.stdout.write(
        json
          ? `${JSON.stringify({ deployment })}\n`
          : `deployment ${deployment.id} ${outcome}: ${tally(deployment.machines)}\n`,
      );
    });
}
