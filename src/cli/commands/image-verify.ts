import { basename } from 'node:path';
import { Command } from 'commander';
import type { ImageFault } from '../../engine/index.ts';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption } from '../list-option.ts';
import { byteProgressOn } from '../progress/byte-progress.ts';
import { openStore, storeOption } from '../store-option.ts';

interface VerifyOptions {
  readonly store: string;
  readonly version?: string;
  readonly json?: boolean;
}

/** `swarmboot image verify <name>` */
export function imageVerifyCommand(): Command {
  return new Command('verify')
    .description('Hashes a golden image anew, every byte of it, and names what is not as it was published.')
    .argument('<name>', 'name of the image')
    .option('--version <number>', 'which version (default: the newest)')
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Exit code 1 where anything is wrong.

Examples:
  ./swarmboot image verify lab
  ./swarmboot image verify lab --version 2 --json`,
    )
    .action(verifyImage);
}

async function verifyImage(
  name: string,
  { store: storeFolder, version, json }: VerifyOptions,
): Promise<void> {
  const engine = await openEngine();
  const store = await openStore(storeFolder);
  const folder = await store.folderOf(
    name,
    version === undefined ? undefined : countOption('--version', version),
  );
  const { publicKey } = await engine.publicKeyOfStore(store);
  const progress = byteProgressOn(process.stderr, 'verifying');
  const faults = await interruptible(
    (signal) =>
      engine
        .verifyImage(folder, {
          place: { name, version: Number(basename(folder)) },
          publicKey,
          signal,
          progressed: (done, all) => progress.update(done, all),
        })
        .finally(() => progress.close()),
    'the image was only read',
  );
  if (faults.length > 0) process.exitCode = 1;
  process.stdout.write(json ? `${JSON.stringify({ folder, faults })}\n` : textOf(name, folder, faults));
}

function textOf(name: string, folder: string, faults: readonly ImageFault[]): string {
  if (faults.length === 0) return `${name} is as it was published: ${folder}\n`;
  const lines = faults.map(({ file, chunk, diskOffset, sentence }) => {
    const place = chunk === undefined ? '' : `, chunk ${chunk} (disk offset ${diskOffset})`;
    return `${file}${place}: ${sentence}\n`;
  });
  return `${name} is damaged, ${folder}:\n${lines.join('')}capture it again, or bring its files from a copy\n`;
}
