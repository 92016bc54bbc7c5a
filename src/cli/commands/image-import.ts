import { Command } from 'commander';
import type { FilesWishes } from '../../engine/index.ts';
import { ConfigError } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, countsOption, nameOption } from '../list-option.ts';
import { byteProgressOn, readable } from '../progress/byte-progress.ts';
import { signingKeyOf } from '../signing-key.ts';
import { openWritableStore, storeOption } from '../store-option.ts';

interface ImportOptions {
  readonly name: string;
  readonly store: string;
  readonly wire: string;
  readonly whole?: string;
  readonly kind: string;
  readonly fileSystem?: string;
  readonly volume?: string;
  readonly json?: boolean;
}

/** `swarmboot image import <source>` */
export function imageImportCommand(): Command {
  return new Command('import')
    .description(
      'Makes a golden image of a Clonezilla image folder, a disk file (plain or compressed), a qcow2 image, or of files.',
    )
    .argument(
      '<source>',
      'image folder of Clonezilla, or a file; with --kind files a folder, a .wim, .tar or .tar.zst',
    )
    .requiredOption(
      '--name <name>',
      'name of the golden image; of a name that is there a new version is made',
    )
    .addOption(storeOption())
    .option('--wire <encoding>', 'zstd (compressed by chunks) or raw', 'zstd')
    .option('--whole <numbers>', 'partitions of a disk file to copy whole, free space and all, such as 2,3')
    .option('--kind <kind>', 'disk, or files: a folder, a WIM or a tar archive for a new file system', 'disk')
    .option('--file-system <name>', 'of --kind files: ntfs (from a WIM) or ext4 (from a tar archive)')
    .option('--volume <MiB>', 'of --kind files: size of the new file system (default: by the files)')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Of a Clonezilla folder the used ranges are taken, as partclone kept them, and of a disk file what its file systems say
is in use, as \`image capture\` does.
Of files every machine makes a new file system in one partition and unpacks them into it; a boot loader is not among it.

Examples:
  ./swarmboot image import /home/partimag/lab-2026 --name lab
  ./swarmboot image import windows.qcow2 --name windows --store /srv/swarmboot
  ./swarmboot image import raspbian.img.xz --name pi --json
  ./swarmboot image import install.wim --name data --kind files --file-system ntfs --volume 40960`,
    )
    .action(importImage);
}

async function importImage(source: string, options: ImportOptions): Promise<void> {
  const engine = await openEngine();
  const wire = nameOption('--wire', options.wire, ['zstd', 'raw'] as const);
  const whole = options.whole === undefined ? [] : countsOption('--whole', options.whole);
  const files = filesWishesOf(options);
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
          wire,
          whole,
          files,
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
  const copiedWhole = partitions.filter(({ copied }) => copied === 'whole').map(({ number }) => number);
  const note = copiedWhole.length > 0 ? `; copied whole: partition ${copiedWhole.join(', ')}` : '';
  process.stdout.write(
    `${name}, version ${version}: ${readable(payload.rawBytes)} of a disk of ${readable(disk.bytes)} in ${readable(payload.bytes)}, after ${Math.round(seconds)} s${note}\n` +
      `it is in ${image.folder}\n`,
  );
}

function filesWishesOf({ kind, fileSystem, volume }: ImportOptions): FilesWishes | undefined {
  const wanted = nameOption('--kind', kind, ['disk', 'files'] as const);
  if (wanted === 'disk') {
    if (fileSystem === undefined && volume === undefined) return undefined;
    const option = fileSystem === undefined ? '--volume' : '--file-system';
    throw new ConfigError(option, 'it is for files; add --kind files');
  }
  if (fileSystem === undefined) throw new ConfigError('--file-system', 'files need one: ntfs or ext4');
  const name = nameOption('--file-system', fileSystem, ['ntfs', 'ext4'] as const);
  const volumeBytes = volume === undefined ? undefined : countOption('--volume', volume) * 2 ** 20;
  return { fileSystem: name, volumeBytes };
}
