import { Command } from 'commander';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';
import { countsOption, namesOption } from '../list-option.ts';
import { byteProgressOn, readable } from '../progress/byte-progress.ts';
import { signingKeyOf } from '../signing-key.ts';
import { openWritableStore, storeOption } from '../store-option.ts';

interface ImportOptions {
  readonly name: string;
  readonly store: string;
  readonly wire: string;
  readonly whole?: string;
  readonly json?: boolean;
}

/** `swarmboot image import <source>` */
export function imageImportCommand(): Command {
  return new Command('import')
    .description(
      'Makes a golden image of a Clonezilla image folder, a disk file (plain or compressed) or a qcow2 image.',
    )
    .argument('<source>', 'image folder of Clonezilla, or a file')
    .requiredOption(
      '--name <name>',
      'name of the golden image; of a name that is there a new version is made',
    )
    .addOption(storeOption())
    .option('--wire <encoding>', 'zstd (compressed by chunks) or raw', 'zstd')
    .option('--whole <numbers>', 'partitions of a disk file to copy whole, free space and all, such as 2,3')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Of a Clonezilla folder the used ranges are taken, as partclone kept them, and of a disk file what its file systems say
is in use, as \`image capture\` does.

Examples:
  ./swarmboot image import /home/partimag/lab-2026 --name lab
  ./swarmboot image import windows.qcow2 --name windows --store /srv/swarmboot
  ./swarmboot image import raspbian.img.xz --name pi --json`,
    )
    .action(importImage);
}

async function importImage(source: string, options: ImportOptions): Promise<void> {
  const engine = await openEngine();
  const [wire] = namesOption('--wire', options.wire, ['zstd', 'raw'] as const);
  const store = await openWritableStore(options.store);
  const progress = byteProgressOn(process.stderr, 'importing');
  const startMs = performance.now();
  const image = await interruptible(
    (signal) =>
      engine
        .importImage({
          source,
          name: options.name,
          store,
          privateKey: () => signingKeyOf(store),
          wire: wire!,
          whole: options.whole === undefined ? [] : countsOption('--whole', options.whole),
          signal,
          progressed: (done, all) => progress.update(done, all),
        })
        .finally(() => progress.close()),
    'nothing of the image is kept',
  );
  const seconds = (performance.now() - startMs) / 1000;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ folder: image.folder, seconds, manifest: image.manifest })}\n`);
    return;
  }
  const { name, version, disk, payload, partitions } = image.manifest;
  const whole = partitions.filter(({ copied }) => copied === 'whole').map(({ number }) => number);
  const note = whole.length > 0 ? `; copied whole: partition ${whole.join(', ')}` : '';
  process.stdout.write(
    `${name}, version ${version}: ${readable(payload.rawBytes)} of a disk of ${readable(disk.bytes)} in ${readable(payload.bytes)}, after ${Math.round(seconds)} s${note}\n` +
      `it is in ${image.folder}\n`,
  );
}
