import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { bundleAgent } from '../agent-bundle.ts';
import { openEngine } from '../engine-door.ts';
import { openWritableStore, storeOption } from '../store-option.ts';

interface BuildOptions {
  readonly kernel: 'cloud' | 'generic';
  readonly out: string;
  readonly store: string;
  readonly json?: boolean;
}

/** `swarmboot bootimage`: what machines boot to be deployed. */
export function bootimageCommand(): Command {
  return new Command('bootimage')
    .description('The kernel and the initial RAM disk that machines boot to be deployed.')
    .addCommand(buildCommand());
}

function buildCommand(): Command {
  return new Command('build')
    .description(
      'Builds vmlinuz and initrd.img from packages of Debian, Node.js and the agent, with a signed list of contents, and puts the iPXE loaders beside them.',
    )
    .addOption(
      new Option('--kernel <kind>', 'cloud: small, for virtual machines; generic: for all hardware')
        .choices(['cloud', 'generic'])
        .default('generic'),
    )
    .requiredOption('--out <folder>', 'where the files are put; downloaded packages are kept there, too')
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Machines take only images that are signed with the key of the store that is named here.
Nothing is installed. The same packages and agent give the same bytes.

Examples:
  ./swarmboot bootimage build --out /var/lib/swarmboot/boot
  ./swarmboot bootimage build --kernel cloud --out /tmp/boot --store /srv/swarmboot --json`,
    )
    .action(build);
}

async function build({ kernel, out, store, json }: BuildOptions): Promise<void> {
  const { buildBootImage, keysOf } = await openEngine();
  const keys = await keysOf(await openWritableStore(store));
  if (keys.areNew) process.stderr.write(`the store had no keys: a pair was made, ${keys.publicKeyFile}\n`);
  const folder = resolve(out);
  process.stderr.write('bundling the agent ...\n');
  const agentFiles = await bundleAgent();
  const contents = await buildBootImage({
    kernel,
    folder,
    agentFiles,
    keys,
    progressed: (step) => process.stderr.write(`${step} ...\n`),
  });
  const { initrd, files, packages, node } = contents;
  if (json) {
    process.stdout.write(`${JSON.stringify({ folder, ...contents })}\n`);
    return;
  }
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  process.stdout.write(
    `${folder}/vmlinuz       SHA-256 ${contents.kernel.sha256}\n` +
      `${folder}/initrd.img    SHA-256 ${initrd.sha256}, ${mebibytes(initrd.bytes)}, ${mebibytes(initrd.unpackedBytes)} unpacked\n` +
      `${folder}/contents.json ${files.length} files of ${packages.length} packages and Node.js ${node}, signed in contents.sig\n` +
      'A server that runs hands out the files that it had at its start: start it again to serve these.\n',
  );
}
