import { Command } from 'commander';
import type { OperatorClient, ShownDeployment } from '../engine/index.ts';
import { countOption } from './list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from './operator-option.ts';
import { tally } from './progress/target-line.ts';

/** Something that an operator does to a deployment, or to some of its machines. */
interface DeploymentChange {
  readonly name: string;
  readonly description: string;
  /** What becomes of machines that are named; left out where none can be. */
  readonly named?: string;
  change(server: OperatorClient, id: number, machines: readonly string[]): Promise<ShownDeployment>;
  /** What is so then: `deployment 3 <outcome>`. */
  readonly outcome: string;
}

/** `swarmboot deploy <name> <id> [machines...]` */
export function deploymentChangeCommand(described: DeploymentChange): Command {
  const { name, description, named, change, outcome } = described;
  const command = new Command(name).description(description).argument('<id>', 'number of a deployment');
  if (named !== undefined) command.argument('[machines...]', named);
  return withOperatorOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy ${name} 3${named === undefined ? '' : `\n  ./swarmboot deploy ${name} 3 pc-07`}
  ./swarmboot deploy ${name} 3 --json`,
    )
    .action(async (id: string, ...rest: readonly unknown[]) => {
      // Behind the arguments of a command come its options, then the command itself.
      const [machines, { json, ...options }] = (named === undefined ? [[], ...rest] : rest) as [
        string[],
        OperatorOptions,
      ];
      const deployment = await change(await openServer(options), countOption('id', id), machines);
      const whose = machines.length > 0 ? `: ${machines.join(', ')}` : '';
      process.stdout.write(
        json
          ? `${JSON.stringify({ deployment })}\n`
          : `deployment ${deployment.id} ${outcome}${whose}: ${tally(deployment.machines)}\n`,
      );
    });
}
