import { Command } from 'commander';
import type { Machine } from '../../engine/index.ts';
import { ConfigError } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { type OperatorOptions, openServer, withOperatorOptions } from '../operator-option.ts';

interface TagOptions extends OperatorOptions {
  readonly name?: string;
  readonly remove: readonly string[];
}

/** `swarmboot machine tag <machine> [tags...]` */
export function machineTagCommand(): Command {
  return withOperatorOptions(
    new Command('tag')
      .description('Gives a machine tags or a name, or takes tags away.')
      .argument('<machine>', 'its MAC, UUID or name')
      .argument('[tags...]', 'tags that it gets beside those it has'),
  )
    .option('--remove <tag>', 'a tag that is taken away; may be given several times', collected, [])
    .option('--name <name>', 'its new name; an empty one takes it away')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot machine tag pc-1 room-7 windows
  ./swarmboot machine tag 52:54:00:12:34:56 --name pc-1 --remove room-6`,
    )
    .action(async (word: string, tags: string[], { name, remove, json, ...options }: TagOptions) => {
      if (tags.length === 0 && remove.length === 0 && name === undefined)
        throw new ConfigError('tags', 'name tags to give, or --remove, or --name');
      const server = await openServer(options);
      const { machineId } = await openEngine();
      const known = theKnown(await server.machines(), machineId(word) ?? word);
      const machine = await server.describeMachine(known.mac, {
        name: name === undefined ? known.name : name || null,
        tags: [...new Set([...known.tags, ...tags])].filter((tag) => !remove.includes(tag)),
      });
      process.stdout.write(json ? `${JSON.stringify({ machine })}\n` : `${describedAs(machine)}\n`);
    });
}

function theKnown(machines: readonly Machine[], word: string): Machine {
  const known = machines.find(({ mac, name }) => mac === word || name === word);
  if (known) return known;
  const remedy = '`machine list` shows who is known, `machine add` adds one';
  throw new ConfigError('machine', `no machine is known as \`${word}\`; ${remedy}`);
}

/** Gathers an option that may be given several times. */
export function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** `52:54:00:12:34:56 is pc-1, tags: room-7` */
export function describedAs({ mac, name, tags }: Pick<Machine, 'mac' | 'name' | 'tags'>): string {
  return `${mac} ${name === null ? 'has no name' : `is ${name}`}, ${
    tags.length === 0 ? 'no tags' : `tags: ${tags.join(', ')}`
  }`;
}
