import { Command } from 'commander';
import type { Manifest } from '../../engine/index.ts';
import { countOption } from '../list-option.ts';
import { readable } from '../progress/byte-progress.ts';
import { openStore, storeOption } from '../store-option.ts';
import { printTable } from '../table.ts';

const COLUMNS = ['number', 'start', 'size', 'in use', 'file system', 'copied', 'label', 'UUID'].map(
  (heading, index) => ({
    heading,
    isNumber: index < 4,
    isLong: false,
  }),
);
/** How `copied` of a manifest is said to people. */
const COPIED = { used: 'what is in use', whole: 'whole', created: 'header only' } as const;

interface ShowOptions {
  readonly store: string;
  readonly version?: string;
  readonly json?: boolean;
}

/** `swarmboot image show <name>` */
export function imageShowCommand(): Command {
  return new Command('show')
    .description('Shows what a golden image is made of.')
    .argument('<name>', 'name of the image')
    .option('--version <number>', 'which version (default: the newest)')
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot image show lab
  ./swarmboot image show lab --version 2 --json`,
    )
    .action(async (name: string, { store: folder, version, json }: ShowOptions) => {
      const store = await openStore(folder);
      const number = version === undefined ? undefined : countOption('--version', version);
      const image = await store.find(name, number);
      if (json) {
        process.stdout.write(`${JSON.stringify(image)}\n`);
        return;
      }
      process.stdout.write(textOf(image.manifest, image.folder));
      printTable({
        columns: COLUMNS,
        rows: image.manifest.partitions.map((partition) => rowOf(partition, image.manifest.kind)),
      });
    });
}

function textOf(
  { name, version, created, disk, table, files, payload, encoding, infoHash }: Manifest,
  folder: string,
): string {
  const form = encoding.kind === 'raw' ? 'raw' : `zstd ${encoding.library}, level ${encoding.level}`;
  return (
    `${name}, version ${version}, made ${created}\n` +
    `disk       ${readable(disk.bytes)} (${disk.bytes} bytes, sectors of ${disk.sectorBytes}), partition table: ${table}\n` +
    (files ? `files      ${readable(files.bytes)} (${files.archive}), at byte ${files.startBytes}\n` : '') +
    `chunks     ${readable(payload.rawBytes)} of the disk (${payload.rawBytes} bytes)\n` +
    `payload    ${readable(payload.bytes)} (${payload.bytes} bytes, ${form}), SHA-256 ${payload.sha256}\n` +
    `info hash  ${infoHash}\n` +
    `folder     ${folder}\n`
  );
}

function rowOf(
  { number, startBytes, bytes, usedBytes, fileSystem, copied, label, uuid }: Manifest['partitions'][number],
  kind: Manifest['kind'],
) {
  const places = [`${number}`, `${startBytes}`, readable(bytes), readable(usedBytes)];
  const how = kind === 'files' ? 'made by machines' : COPIED[copied];
  return [...places, fileSystem, how, label ?? '', uuid ?? ''];
}
