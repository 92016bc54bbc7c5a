import { Command } from 'commander';
import { watchDeployment } from '../deployment-watch.ts';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { timeOption } from '../time-option.ts';

interface StartOptions extends OperatorOptions {
  readonly version?: string;
  readonly waitFor?: string;
  readonly at?: string;
  readonly watch?: boolean;
}

/** `swarmboot deploy start <image> <machines...>` */
export function deployStartCommand(): Command {
  return withOperatorOptions(
    new Command('start')
      .description('Arms machines: the next time they boot from the network, their disks are overwritten.')
      .argument('<image>', 'name of a golden image in the store of the server')
      .argument('<machines...>', 'MACs, UUIDs, names, or tag:NAME for all that have a tag'),
  )
    .option('--version <number>', 'which version of the image (default: the newest)')
    .option('--wait-for <number>', 'begin when so many machines have registered (default: 1)')
    .option('--at <time>', 'begin not before: 22:00, or a date and time')
    .option('--watch', 'go on as `deploy watch` does')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy start lab tag:room-7 --watch
  ./swarmboot deploy start lab pc-1 52:54:00:12:34:56 --version 2
  ./swarmboot deploy start lab tag:room-7 --wait-for 20 --at 22:00 --json`,
    )
    .action(async (image: string, machines: string[], options: StartOptions) => {
      const { version, waitFor, at, watch, json } = options;
      const wish = {
        ...{ image, machines },
        ...(version !== undefined && { version: countOption('--version', version) }),
        ...(waitFor !== undefined && { waitFor: countOption('--wait-for', waitFor) }),
        ...(at !== undefined && { at: timeOption('--at', at, new Date()) }),
      };
      const deployment = await (await openServer(options)).startDeployment(wish);
      const { id } = deployment;
      if (!json) process.stdout.write(startedText(deployment, watch ?? false));
      else if (!watch) process.stdout.write(`${JSON.stringify({ deployment })}\n`);
      if (watch) await watchDeployment(options, id);
    });
}

function startedText(
  {
    id,
    image,
    version,
    machines,
    start,
  }: {
    readonly id: number;
    readonly image: string;
    readonly version: number;
    readonly machines: readonly unknown[];
    readonly start: { readonly waitFor: number; readonly at: string | null };
  },
  isWatched: boolean,
): string {
  const count = machines.length === 1 ? '1 machine is' : `${machines.length} machines are`;
  const rule = start.waitFor > 1 ? `; it begins when ${start.waitFor} have registered` : '';
  const time = start.at === null ? '' : `; not before ${new Date(start.at).toLocaleString('en-GB')}`;
  const next = isWatched ? '' : `; \`deploy watch ${id}\` shows how far they are`;
  return `deployment ${id}: ${count} armed for ${image}, version ${version}${rule}${time}\nnow boot them from the network${next}\n`;
}
