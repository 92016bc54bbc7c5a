import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../../failure.ts';
import { watchDeployment } from '../deployment-watch.ts';
import { DISK_HELP, diskOption } from '../disk-option.ts';
import { countOption } from '../list-option.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { timeOption } from '../time-option.ts';

interface StartOptions extends OperatorOptions {
  readonly version?: string;
  readonly waitFor?: string;
  readonly at?: string;
  readonly disk?: string;
  readonly hostName?: string;
  readonly grow?: boolean;
  readonly efiBootEntry?: boolean;
  readonly script?: readonly string[];
  readonly watch?: boolean;
}

/** `swarmboot deploy start <image> <machines...>` */
export function deployStartCommand(): Command {
  return withOperatorOptions(
    new Command('start')
      .description('Arms machines: the next time they boot from the network, their disks are overwritten.')
      .argument('<image>', 'name of a golden image in the store of the server')
      .argument(
        '<machines...>',
        'MACs, names, tag:NAME for all that have a tag, or UUIDs that an agent has told',
      ),
  )
    .option('--version <number>', 'which version of the image (default: the newest)')
    .option(
      '--wait-for <number>',
      'begin when so many machines are ready (default: 1; `deploy begin` waits no longer)',
    )
    .option('--at <time>', 'begin not before: 22:00, or a date and time')
    .option('--disk <which>', DISK_HELP)
    .option(
      '--host-name <template>',
      'written into the deployed system: {name} of the machine, {number} or {number:2} (its place by MAC in this deployment), {id} (MAC or UUID without separators)',
    )
    .option(
      '--grow',
      'grow the last partition and its file system to the end of the disk (`image show` says which that is: of Windows mostly the recovery partition)',
    )
    .option('--efi-boot-entry', 'give UEFI machines a boot entry for their disk')
    .option('--script <files...>', 'shell scripts that are run on each machine when the image is on its disk')
    .option('--watch', 'go on as `deploy watch` does')
    .addHelpText(
      'after',
      `
\`only\` goes by size: beside a system disk that is too small, a data disk is the only one that is large enough, and is
overwritten. Where machines have several disks, name the one that is meant.

Examples:
  ./swarmboot deploy start lab tag:room-7 --watch
  ./swarmboot deploy start lab tag:room-7 --disk path=/dev/nvme0n1
  ./swarmboot deploy start lab pc-1 52:54:00:12:34:56 --version 2
  ./swarmboot deploy start lab tag:room-7 --host-name 'room7-{number:2}' --grow --efi-boot-entry
  ./swarmboot deploy start lab tag:room-7 --wait-for 20 --at 22:00 --json`,
    )
    .action(async (image: string, machines: string[], options: StartOptions) => {
      const { version, waitFor, at, watch, json } = options;
      const wish = {
        ...{ image, machines },
        ...(version !== undefined && { version: countOption('--version', version) }),
        ...(waitFor !== undefined && { waitFor: countOption('--wait-for', waitFor) }),
        ...(at !== undefined && { at: timeOption('--at', at, new Date()) }),
        ...diskOption(options.disk),
        ...(await stepsOf(options)),
      };
      const deployment = await (await openServer(options)).startDeployment(wish);
      const { id } = deployment;
      if (!json) process.stdout.write(startedText(deployment, watch ?? false));
      else if (!watch) process.stdout.write(`${JSON.stringify({ deployment })}\n`);
      if (watch) await watchDeployment(options, id);
    });
}

/** Nothing where no step is asked for. */
async function stepsOf({ hostName, grow, efiBootEntry, script = [] }: StartOptions) {
  const steps = {
    ...(hostName !== undefined && { hostName }),
    ...(grow && { growLastPartition: true }),
    ...(efiBootEntry && { efiBootEntry: true }),
    ...(script.length > 0 && { scripts: await Promise.all(script.map(readScript)) }),
  };
  return Object.keys(steps).length > 0 ? { steps } : {};
}

/** How long it may take is the server's default. */
async function readScript(file: string): Promise<{ name: string; text: string }> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new ConfigError('--script', `${file} cannot be read: ${cause.message}`, { cause });
  });
  return { name: basename(file), text };
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
  const rule = start.waitFor > 1 ? `; it begins when ${start.waitFor} are ready` : '';
  const time = start.at === null ? '' : `; not before ${new Date(start.at).toLocaleString('en-GB')}`;
  const next = isWatched ? '' : `; \`deploy watch ${id}\` shows how far they are`;
  return `deployment ${id}: ${count} armed for ${image}, version ${version}${rule}${time}\nnow boot them from the network${next}\n`;
}
