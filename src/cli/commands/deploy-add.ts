import { Command } from 'commander';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { tally } from '../progress/target-line.ts';

/** `swarmboot deploy add <id> <machines...>` */
export function deployAddCommand(): Command {
  return withOperatorOptions(
    new Command('add')
      .description('Arms further machines in a deployment, or anew some that were done in it.')
      .argument('<id>', 'number of a deployment')
      .argument(
        '<machines...>',
        'MACs, names, tag:NAME for all that have a tag, or UUIDs that an agent has told',
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy add 3 pc-21 pc-22`,
    )
    .action(async (id: string, machines: string[], { json, ...options }: OperatorOptions) => {
      const server = await openServer(options);
      const deployment = await server.armMachines(countOption('id', id), machines);
      process.stdout.write(
        json
          ? `${JSON.stringify({ deployment })}\n`
          : `deployment ${deployment.id}: ${tally(deployment.machines)}\n`,
      );
    });
}
