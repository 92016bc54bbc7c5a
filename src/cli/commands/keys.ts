import { Command } from 'commander';
import { openEngine } from '../engine-door.ts';
import { openStore, openWritableStore, storeOption } from '../store-option.ts';

interface KeysOptions {
  readonly store: string;
  readonly json?: boolean;
}

/** `swarmboot keys`: the pair that signs the images of a store. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('The keys that golden images are signed with (Ed25519).')
    .addCommand(createCommand())
    .addCommand(showCommand());
}

function createCommand(): Command {
  return withOptions(
    new Command('create').description('Makes the pair of keys of a store.'),
    'create',
  ).action(async ({ store: folder, json }: KeysOptions) => {
    const { createKeys } = await openEngine();
    await print(await createKeys(await openWritableStore(folder)), json);
  });
}

function showCommand(): Command {
  return withOptions(
    new Command('show').description('Shows the public key of a store, which machines need.'),
    'show',
  ).action(async ({ store: folder, json }: KeysOptions) => {
    const { publicKeyOfStore } = await openEngine();
    await print(await publicKeyOfStore(await openStore(folder)), json);
  });
}

function withOptions(command: Command, name: string): Command {
  return command
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `\nExamples:\n  ./swarmboot keys ${name}\n  ./swarmboot keys ${name} --store /srv/swarmboot --json`,
    );
}

async function print(
  { publicKey, publicKeyFile }: { publicKey: string; publicKeyFile: string },
  json: boolean | undefined,
): Promise<void> {
  const fingerprint = (await openEngine()).fingerprintOf(publicKey);
  const report = { publicKeyFile, publicKey, fingerprint };
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : `${publicKey}fingerprint ${fingerprint}\nit is in ${publicKeyFile}\n`,
  );
}
