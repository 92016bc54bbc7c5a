import type { CellDetail } from '../metrics/cell.ts';
import { SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableBytes } from '../metrics/readable-units.ts';
import type { ImageUse } from '../record/run-record.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  textColumn('Executor'),
  numberColumn('Wire bytes'),
  numberColumn('Raw bytes'),
  numberColumn('Chunks of all machines'),
  numberColumn('Reused'),
  numberColumn('Re-fetched'),
];

/** What the headings leave open. */
export const IMAGE_TABLE_NOTE =
  'Wire bytes are what goes to each machine, raw bytes what is on its disk then. Chunks are counted over all machines of all runs that ' +
  'got it: reused ones were on the disk before, re-fetched ones did not stay as they were written.';

/** The image and its chunks, for every cell whose machines tell. */
export function imageTable(details: readonly CellDetail[]): Table {
  const rows = details.flatMap(({ cell, runs }) => {
    const uses = runs.flatMap(({ fleet }) => fleet.flatMap(({ image }) => image ?? []));
    if (uses.length === 0) return [];
    return [
      [
        cell.variant === '' ? '' : variantWords(cell.variant),
        TRANSPORT_WORDS[cell.transport],
        String(cell.machines),
        SOURCE_WORDS[cell.executor],
        readableBytes(runs[0]!.wireBytes),
        readableBytes(uses[0]!.rawBytes),
        ...(['chunks', 'reusedChunks', 'refetchedChunks'] as const).map((what) => String(sum(uses, what))),
      ],
    ];
  });
  return withoutEmptyColumns({ columns: COLUMNS, rows });
}

function sum(uses: readonly ImageUse[], what: keyof ImageUse): number {
  return uses.reduce((total, use) => total + use[what], 0);
}
