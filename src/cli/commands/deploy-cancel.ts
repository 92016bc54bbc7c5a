import { Command } from 'commander';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { tally } from '../progress/target-line.ts';

/** `swarmboot deploy cancel <id>` */
export function deployCancelCommand(): Command {
  return withOperatorOptions(
    new Command('cancel')
      .description(
        'Disarms the machines of a deployment that have not got the image yet, and those that have it and were not heard for ten minutes.',
      )
      .argument('<id>', 'number of a deployment'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy cancel 3
  ./swarmboot deploy cancel 3 --json`,
    )
    .action(async (id: string, { json, ...options }: OperatorOptions) => {
      const server = await openServer(options);
      const deployment = await server.cancelDeployment(countOption('id', id));
      process.stdout.write(
        json
          ? `${JSON.stringify({ deployment })}\n`
          : `deployment ${deployment.id} is cancelled: ${tally(deployment.machines)}\n`,
      );
    });
}
