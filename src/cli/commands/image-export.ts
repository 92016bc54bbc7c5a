import { Command } from 'commander';
import { RunFailure } from '../../failure.ts';
import { openEngine } from '../engine-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, nameOption } from '../list-option.ts';
import { byteProgressOn, readable } from '../progress/byte-progress.ts';
import { openStore, storeOption } from '../store-option.ts';

interface ExportOptions {
  readonly store: string;
  readonly format: string;
  readonly version?: string;
  readonly tracker?: string;
  readonly force?: boolean;
  readonly device?: boolean;
  readonly json?: boolean;
}

/** `swarmboot image export <name> <target>` */
export function imageExportCommand(): Command {
  return new Command('export')
    .description(
      'Writes a golden image as a plain disk file, or in the layout of EZIO (the BT mode of Clonezilla).',
    )
    .argument('<name>', 'name of the golden image')
    .argument('<target>', 'file (raw) or folder (ezio) to make')
    .option('--format <format>', 'raw or ezio', 'raw')
    .addOption(storeOption())
    .option('--version <number>', 'version of the image (default: the newest)')
    .option('--tracker <url>', 'announce URL for the torrents of ezio')
    .option('--force', 'replace a file that is there')
    .option('--device', 'with --force: the target is a block device, and everything on it is lost')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
A raw file has holes where nothing was in use. Every chunk is held against its SHA-256 before it is written.
On a device that is larger than the golden disk the second copy of a GPT is moved to its end.

Examples:
  ./swarmboot image export lab lab.img
  ./swarmboot image export lab btzone/image/lab --format ezio --tracker http://10.0.0.1:6969/announce`,
    )
    .action(exportImage);
}

async function exportImage(name: string, target: string, options: ExportOptions): Promise<void> {
  const engine = await openEngine();
  const format = nameOption('--format', options.format, ['raw', 'ezio'] as const);
  const version = options.version === undefined ? undefined : countOption('--version', options.version);
  const store = await openStore(options.store);
  const image = await store.find(name, version);
  const progress = byteProgressOn(process.stderr, 'exporting');
  const startMs = performance.now();
  let isOverwritten = false;
  const left = (): string =>
    isOverwritten
      ? `${target} is overwritten in part: what was on it is lost, and it does not hold the image`
      : 'nothing of the target is kept';
  const torrents = await interruptible((signal) => {
    const wishes = {
      image,
      store,
      target,
      isForced: options.force === true,
      signal,
      progressed: (done: number, all: number) => progress.update(done, all),
    };
    const work =
      format === 'ezio'
        ? engine.exportEzio({ ...wishes, ...(options.tracker !== undefined && { tracker: options.tracker }) })
        : engine
            .exportRaw({
              ...wishes,
              isDeviceWanted: options.device === true,
              overwriteBegun: () => {
                isOverwritten = true;
              },
            })
            .then(() => []);
    return work.finally(() => progress.close());
  }, left).catch((error: unknown) => {
    throw isOverwritten ? withWhatIsLeft(error, left()) : error;
  });
  const seconds = (performance.now() - startMs) / 1000;
  const { payload, disk } = image.manifest;
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ name, version: image.manifest.version, target, format, torrents, rawBytes: payload.rawBytes, seconds })}\n`,
    );
    return;
  }
  const what = format === 'ezio' ? `torrents ${torrents.join(', ')}` : `a disk of ${readable(disk.bytes)}`;
  process.stdout.write(
    `${target}: ${what}, ${readable(payload.rawBytes)} in use, all verified, after ${Math.round(seconds)} s\n`,
  );
}

/** A failure of the image or of the device says nothing of what has become of the device; an interruption does. */
function withWhatIsLeft(error: unknown, left: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new RunFailure(code, `${message}; ${left}`, { cause: error });
}
