import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { openBench } from '../bench-door.ts';

/** `swarmboot schema` */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Prints the JSON Schema of scenario files, for editors.')
    .option('--out <file>', 'write it to this file instead')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot schema --out my-scenarios/scenario.schema.json
  ./swarmboot schema | jq '.properties | keys'`,
    )
    .action(async ({ out }: { out?: string }) => {
      const bench = await openBench();
      if (out !== undefined) await writeFile(out, bench.scenarioJsonSchema());
      else process.stdout.write(bench.scenarioJsonSchema());
    });
}
