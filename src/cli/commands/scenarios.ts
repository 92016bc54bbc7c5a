import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { openBench } from '../bench-door.ts';

const FOLDER = fileURLToPath(new URL('../../../scenarios/', import.meta.url));

/** `swarmboot scenarios` */
export function scenariosCommand(): Command {
  return new Command('scenarios')
    .description('Lists the scenarios that come with Swarmboot.')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot scenarios
  ./swarmboot scenarios --json | jq '.scenarios[].file'`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const bench = await openBench();
      const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort();
      const scenarios = await Promise.all(
        files.map(async (name) => {
          const file = relative(process.cwd(), join(FOLDER, name));
          const { plain } = await bench.loadScenario(join(FOLDER, name));
          return {
            file,
            title: plain.title,
            executors: plain.executors,
            transports: Object.keys(plain.transports),
            machines: plain.fleet.machines,
            variants: Object.keys(plain.variants),
          };
        }),
      );
      process.stdout.write(json ? `${JSON.stringify({ scenarios })}\n` : scenarios.map(asText).join('\n'));
    });
}

function asText(scenario: {
  file: string;
  title: string;
  executors: string[];
  transports: string[];
  machines: number[];
  variants: string[];
}): string {
  const variants = scenario.variants.length > 0 ? `; variants ${scenario.variants.join(', ')}` : '';
  return (
    `${scenario.file}\n  ${scenario.title}\n` +
    `  ${scenario.transports.join(', ')} on ${scenario.executors.join(', ')}; ` +
    `machines ${scenario.machines.join(', ')}${variants}\n`
  );
}
