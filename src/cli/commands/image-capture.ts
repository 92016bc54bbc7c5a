import { Command } from 'commander';
import type { Captured, Manifest } from '../../engine/index.ts';
import { ConfigError } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, countsOption, nameOption } from '../list-option.ts';
import { byteProgressOn, readable } from '../progress/byte-progress.ts';
import { signingKeyOf } from '../signing-key.ts';
import { openWritableStore, storeOption } from '../store-option.ts';

interface CaptureOptions {
  readonly name: string;
  readonly store: string;
  readonly wire: string;
  readonly level: string;
  readonly whole?: string;
  readonly pieceMib?: string;
  readonly json?: boolean;
}

/** Of zstd; above that it takes more memory than machines have to spare. */
const HIGHEST_LEVEL = 19;
/** Powers of two that clients take. */
const PIECE_SIZES_MIB = [1, 2, 4, 8, 16];

/** `swarmboot image capture <disk>` */
export function imageCaptureCommand(): Command {
  return new Command('capture')
    .description('Makes a golden image of a disk: partition table, boot code, and what its file systems use.')
    .argument('<disk>', 'a disk such as /dev/sdb that nobody uses, or a file that is the image of one')
    .requiredOption(
      '--name <name>',
      'name of the golden image; of a name that is there a new version is made',
    )
    .addOption(storeOption())
    .option('--wire <encoding>', 'zstd (compressed by chunks) or raw', 'zstd')
    .option('--level <number>', `level of zstd, 1 to ${HIGHEST_LEVEL}`, '3')
    .option('--whole <numbers>', 'partitions to copy whole, free space and all, such as 2,3')
    .option('--piece-mib <number>', 'MiB of a piece of the torrent: 1, 2, 4, 8 or 16 (default: by size)')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Read are ext2, ext3, ext4, XFS, Btrfs, NTFS, FAT and exFAT: of these only what is in use is copied, never free space.
Of swap only the header is taken. Anything else is copied whole. No partition may be mounted, and what was not
unmounted in order is refused. Dynamic disks of Windows, and swap in which a system sleeps, are refused in any case.
The key that signs is read first. A capture that was killed goes on when it is started again.

Examples:
  ./swarmboot image capture /dev/sdb --name lab
  ./swarmboot image capture windows.img --name windows --store /srv/swarmboot --level 9
  ./swarmboot image capture /dev/nvme1n1 --name cad --whole 3 --json`,
    )
    .action(captureImage);
}

async function captureImage(source: string, options: CaptureOptions): Promise<void> {
  const engine = await openEngine();
  const request = { source, ...requestOf(options) };
  const store = await openWritableStore(options.store);
  const progress = byteProgressOn(process.stderr, 'capturing');
  const startMs = performance.now();
  let all = 0;
  const captured = await interruptible(
    (signal) =>
      engine
        .captureImage(store, request, {
          signal,
          privateKey: () => signingKeyOf(store),
          planned: ({ rawBytes, earlierBytes }) => {
            all = rawBytes;
            if (earlierBytes > 0)
              process.stderr.write(
                `going on with a capture that was interrupted: ${readable(earlierBytes)} are there\n`,
              );
          },
          progressed: (done) => progress.update(done, all),
        })
        .finally(() => progress.close()),
    'nothing of the image is kept',
  );
  const seconds = (performance.now() - startMs) / 1000;
  const { image, chunks, keptChunks } = captured;
  const report = { folder: image.folder, seconds, chunks, keptChunks, manifest: image.manifest };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
}

/** Throws a ConfigError that names the option. */
function requestOf({ name, wire, level, whole, pieceMib }: CaptureOptions) {
  const kind = nameOption('--wire', wire, ['zstd', 'raw'] as const);
  const pieceMiB = pieceMib === undefined ? undefined : countOption('--piece-mib', pieceMib);
  if (pieceMiB !== undefined && !PIECE_SIZES_MIB.includes(pieceMiB))
    throw new ConfigError('--piece-mib', `found \`${pieceMib}\`; allowed are ${PIECE_SIZES_MIB.join(', ')}`);
  return {
    name,
    encoding: kind === 'raw' ? ({ kind } as const) : ({ kind: 'zstd', level: levelOption(level) } as const),
    whole: whole === undefined ? [] : countsOption('--whole', whole),
    ...(pieceMiB !== undefined && { pieceBytes: pieceMiB * 2 ** 20 }),
  };
}

function levelOption(text: string): number {
  const level = countOption('--level', text);
  if (level <= HIGHEST_LEVEL) return level;
  throw new ConfigError('--level', `found \`${text}\`; allowed is a whole number from 1 to ${HIGHEST_LEVEL}`);
}

interface Report extends Pick<Captured, 'chunks' | 'keptChunks'> {
  readonly folder: string;
  readonly seconds: number;
  readonly manifest: Manifest;
}

function textOf({ folder, seconds, chunks, keptChunks, manifest }: Report): string {
  const { name, version, disk, payload, partitions } = manifest;
  const whole = partitions.filter(({ copied }) => copied === 'whole');
  const notes = whole.map(
    ({ number, fileSystem, bytes }) =>
      `partition ${number} was copied whole, ${readable(bytes)}: ${fileSystem === 'unknown' ? 'no file system that can be read' : fileSystem}\n`,
  );
  const kept = keptChunks > 0 ? `, ${keptChunks} of them from the capture that was interrupted` : '';
  return (
    `${name}, version ${version}: ${readable(payload.rawBytes)} of a disk of ${readable(disk.bytes)} in ${readable(payload.bytes)}` +
    ` (${chunks} chunks${kept}), after ${Math.round(seconds)} s\n${notes.join('')}it is in ${folder}\n`
  );
}
