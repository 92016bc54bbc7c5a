import { Command } from 'commander';
import type { ImageStore, Manifest } from '../../engine/index.ts';
import { RunFailure } from '../../failure.ts';
import { readable } from '../progress/byte-progress.ts';
import { openStore, storeOption } from '../store-option.ts';
import { printTable } from '../table.ts';

const COLUMNS = ['image', 'version', 'made', 'disk', 'in use', 'payload', 'partitions'].map(
  (heading, index) => ({
    heading,
    isNumber: index === 1 || (index > 2 && index < 6),
    isLong: false,
  }),
);

/** `swarmboot image list` */
export function imageListCommand(): Command {
  return new Command('list')
    .description('Lists the golden images of a store.')
    .addOption(storeOption())
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot image list
  ./swarmboot image list --store /srv/swarmboot --json`,
    )
    .action(async ({ store: folder, json }: { store: string; json?: boolean }) => {
      const store = await openStore(folder);
      const images = await imagesIn(store);
      if (json) process.stdout.write(`${JSON.stringify({ store: folder, images })}\n`);
      else if (images.length === 0)
        process.stdout.write(`${folder} has no images; \`image capture\` makes one\n`);
      else printTable({ columns: COLUMNS, rows: images.map(rowOf) });
    });
}

/** What is listed of a version: its manifest, or why there is none to be read. */
type Listed = { name: string; version: number } & ({ manifest: Manifest } | { fault: string });

async function imagesIn(store: ImageStore): Promise<Listed[]> {
  return Promise.all(
    (await store.versions()).map(async (image) => {
      try {
        return { ...image, manifest: (await store.find(image.name, image.version)).manifest };
      } catch (error) {
        if (!(error instanceof RunFailure)) throw error;
        return { ...image, fault: error.message };
      }
    }),
  );
}

function rowOf(image: Listed): string[] {
  const front = [image.name, `${image.version}`];
  if ('fault' in image) return [...front, image.fault, '', '', '', ''];
  const { created, disk, payload, partitions } = image.manifest;
  const sizes = [disk.bytes, payload.rawBytes, payload.bytes].map(readable);
  const fileSystems = partitions.map(({ fileSystem }) => fileSystem).join(', ');
  return [...front, created.replace('T', ' ').replace(/\..*$/, ''), ...sizes, fileSystems];
}
