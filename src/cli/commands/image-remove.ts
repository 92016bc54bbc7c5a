import { Command } from 'commander';
import { countOption } from '../list-option.ts';
import { openStore, storeOption } from '../store-option.ts';

interface RemoveOptions {
  readonly store: string;
  readonly version: string;
  readonly json?: boolean;
}

/** `swarmboot image remove <name>` */
export function imageRemoveCommand(): Command {
  return new Command('remove')
    .description('Removes one version of a golden image from its store, for good.')
    .argument('<name>', 'name of the image')
    .requiredOption('--version <number>', 'which version')
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot image remove lab --version 1`,
    )
    .action(async (name: string, { store: folder, version, json }: RemoveOptions) => {
      const store = await openStore(folder);
      const removed = await store.remove(name, countOption('--version', version));
      process.stdout.write(
        json
          ? `${JSON.stringify({ removed })}\n`
          : `${removed.name}, version ${removed.version}, is removed\n`,
      );
    });
}
