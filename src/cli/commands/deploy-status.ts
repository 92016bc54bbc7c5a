import { Command } from 'commander';
import type { ShownDeployment } from '../../engine/index.ts';
import { countOption } from '../list-option.ts';
import { namesOf } from '../machine-names.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';
import { readable } from '../progress/byte-progress.ts';
import { tally, targetLine } from '../progress/target-line.ts';
import { readableTime } from '../readable-time.ts';
import { printTable } from '../table.ts';

function columnsOf(headings: readonly string[]) {
  return headings.map((heading) => ({ heading, isNumber: heading === 'number', isLong: false }));
}

const DEPLOYMENTS = columnsOf(['number', 'image', 'size', 'created', 'machines']);
const MACHINES = columnsOf(['machine', 'name', 'state', 'changed']);

/** `swarmboot deploy status [id]` */
export function deployStatusCommand(): Command {
  return withOperatorOptions(
    new Command('status')
      .description('Shows all deployments, or the machines of one.')
      .argument('[id]', 'number of a deployment'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot deploy status
  ./swarmboot deploy status 3
  ./swarmboot deploy status 3 --json`,
    )
    .action((id: string | undefined, options: OperatorOptions) =>
      id === undefined ? printAll(options) : printOne(countOption('id', id), options),
    );
}

async function printAll({ json, ...options }: OperatorOptions): Promise<void> {
  const deployments = await (await openServer(options)).deployments();
  if (json) process.stdout.write(`${JSON.stringify({ deployments })}\n`);
  else if (deployments.length === 0)
    process.stdout.write('there is no deployment; `deploy start` makes one\n');
  else printTable({ columns: DEPLOYMENTS, rows: deployments.map(rowOf) });
}

async function printOne(id: number, { json, ...options }: OperatorOptions): Promise<void> {
  const server = await openServer(options);
  const deployment = await server.deployment(id);
  if (json) {
    process.stdout.write(`${JSON.stringify({ deployment })}\n`);
    return;
  }
  const nameOf = namesOf(await server.machines());
  const { image, version, machines, rawBytes } = deployment;
  process.stdout.write(`deployment ${id}: ${image}, version ${version}: ${tally(machines)}\n`);
  const rows = machines.map((target) => {
    const name = nameOf(target.machine);
    const line = targetLine(target, { perS: undefined, rawBytes });
    return [target.machine, name === target.machine ? '' : name, line, readableTime(target.changed)];
  });
  printTable({ columns: MACHINES, rows });
}

function rowOf({ id, image, version, rawBytes, created, machines }: ShownDeployment): string[] {
  const size = rawBytes === null ? 'removed' : readable(rawBytes);
  return [`${id}`, `${image}, version ${version}`, size, readableTime(created), tally(machines)];
}
