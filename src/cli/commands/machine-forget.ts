import { Command } from 'commander';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';

/** `swarmboot machine forget <machine>` */
export function machineForgetCommand(): Command {
  return withOperatorOptions(
    new Command('forget')
      .description('Forgets a machine, its name and its tags. One that boots again is known again.')
      .argument('<machine>', 'its MAC, UUID or name; not one that is being deployed'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot machine forget pc-1
  ./swarmboot machine forget 52:54:00:12:34:56 --json`,
    )
    .action(async (word: string, { json, ...options }: OperatorOptions) => {
      const forgotten = await (await openServer(options)).forgetMachine(word);
      process.stdout.write(json ? `${JSON.stringify({ forgotten })}\n` : `${forgotten.mac} is forgotten\n`);
    });
}
