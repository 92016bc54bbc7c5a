import { Command } from 'commander';
import type { Machine } from '../../engine/index.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { readableTime } from '../readable-time.ts';
import { printTable } from '../table.ts';

const COLUMNS = ['machine', 'name', 'tags', 'first seen', 'last seen'].map((heading) => ({
  heading,
  isNumber: false,
  isLong: false,
}));

/** `swarmboot machine list` */
export function machineListCommand(): Command {
  return withOperatorOptions(
    new Command('list').description('Lists the machines that have booted, or were added.'),
  )
    .option('--tag <tag>', 'only those that have it')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot machine list
  ./swarmboot machine list --tag room-7 --json
  ./swarmboot machine list --server http://10.0.0.1:8080 --token-file operator-access.json`,
    )
    .action(async ({ tag, json, ...options }: OperatorOptions & { tag?: string }) => {
      const known = await (await openServer(options)).machines();
      const machines = known.filter(({ tags }) => tag === undefined || tags.includes(tag));
      if (json) process.stdout.write(`${JSON.stringify({ machines })}\n`);
      else if (machines.length > 0) printTable({ columns: COLUMNS, rows: machines.map(rowOf) });
      else process.stdout.write(nothingToList(tag));
    });
}

function nothingToList(tag: string | undefined): string {
  if (tag !== undefined) return `no machine has the tag ${tag}; \`machine tag\` gives it one\n`;
  return 'no machine is known; boot one from the network, or add it by `machine add`\n';
}

function rowOf({ mac, name, tags, firstSeen, lastSeen }: Machine): string[] {
  return [mac, name ?? '', tags.join(', '), ...[firstSeen, lastSeen].map(readableTime)];
}
