import { Command } from 'commander';
import { ConfigError } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { collected, describedAs } from './machine-tag.ts';

interface AddOptions extends OperatorOptions {
  readonly name?: string;
  readonly tag: readonly string[];
}

/** `swarmboot machine add <address>` */
export function machineAddCommand(): Command {
  return withOperatorOptions(
    new Command('add')
      .description('Makes a machine known before it boots. It is not written to before `deploy start`.')
      .argument('<address>', 'its MAC (in any notation) or UUID'),
  )
    .option('--name <name>', 'a name that no other machine has')
    .option('--tag <tag>', 'a room, a group, whatever helps; may be given several times', collected, [])
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot machine add 52:54:00:12:34:56 --name pc-1 --tag room-7
  ./swarmboot machine add 5254.0012.3456 --json`,
    )
    .action(async (address: string, { name, tag, json, ...options }: AddOptions) => {
      const { machineId } = await openEngine();
      const mac = machineId(address);
      if (mac === undefined)
        throw new ConfigError(
          'address',
          `\`${address}\` is no MAC and no UUID; allowed is such as 52:54:00:12:34:56`,
        );
      const server = await openServer(options);
      if ((await server.machines()).some((known) => known.mac === mac))
        throw new ConfigError(
          'address',
          `${mac} is known already; \`machine tag\` changes its name and tags`,
        );
      const machine = await server.describeMachine(mac, { name: name ?? null, tags: [...new Set(tag)] });
      process.stdout.write(json ? `${JSON.stringify({ machine })}\n` : `${describedAs(machine)}\n`);
    });
}
