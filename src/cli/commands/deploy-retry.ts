import { Command } from 'commander';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { tally } from '../progress/target-line.ts';

/** `swarmboot deploy retry <id>` */
export function deployRetryCommand(): Command {
  return withOperatorOptions(
    new Command('retry')
      .description(
        'Arms those machines of a deployment again that failed, were cancelled, or have the image and were not heard for ten minutes.',
      )
      .argument('<id>', 'number of a deployment'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy retry 3
  ./swarmboot deploy retry 3 --json`,
    )
    .action(async (id: string, { json, ...options }: OperatorOptions) => {
      const server = await openServer(options);
      const deployment = await server.retryDeployment(countOption('id', id));
      process.stdout.write(
        json
          ? `${JSON.stringify({ deployment })}\n`
          : `deployment ${deployment.id} is tried again: ${tally(deployment.machines)}\n`,
      );
    });
}
