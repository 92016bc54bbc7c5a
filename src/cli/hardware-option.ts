import type { Command } from 'commander';
import type { HardwareSettings } from '../bench/index.ts';
import { ConfigError } from '../failure.ts';
import { DISK_HELP, diskOption } from './disk-option.ts';
import { countOption } from './list-option.ts';
import { accessBy, type ServerOptions, withServerOptions } from './operator-option.ts';

/** What the command line says about real machines. */
export interface HardwareOptions extends Partial<ServerOptions> {
  readonly room?: string;
  readonly golden?: string;
  readonly disk?: string;
  readonly power?: string;
  readonly patience?: string;
}

/** Machines are slow to start: servers with much memory take minutes before they ask for anything [s]. */
const PATIENCE_S = 900;

/** Adds the options for runs on real machines. */
export function withHardwareOptions(command: Command): Command {
  return withServerOptions(
    command
      .option(
        '--room <machines>',
        'hardware: MACs, names or `tag:NAME` of the machines, separated by commas; a run takes the first of them',
      )
      .option('--golden <image>', 'hardware: golden image in the store of the server')
      .option('--disk <which>', `hardware: ${DISK_HELP}`)
      .option(
        '--power <command>',
        'hardware: switches a machine on or restarts it, with $MACHINE (MAC) and $NAME (default: a person does)',
      )
      .option(
        '--patience <seconds>',
        `hardware: time without a sign of life of any machine after which those that are not done are given up (default: ${PATIENCE_S})`,
      ),
  );
}

/** Rejects with a ConfigError that names what is missing. */
export async function hardwareOption(options: HardwareOptions): Promise<HardwareSettings> {
  const { state = '', server, tokenFile, room, golden, disk, power, patience } = options;
  if (room === undefined)
    throw new ConfigError('--room', 'real machines have to be named, such as `--room tag:room7`');
  if (golden === undefined)
    throw new ConfigError('--golden', 'name the image to be deployed; `image list` on the server shows them');
  const wish = diskOption(disk);
  const access = await accessBy({
    state,
    ...(server === undefined ? {} : { server }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  });
  const patienceS = patience === undefined ? PATIENCE_S : countOption('--patience', patience);
  return {
    access,
    room: room.split(','),
    golden,
    ...wish,
    ...(power === undefined ? {} : { power }),
    patienceMs: patienceS * 1000,
  };
}
