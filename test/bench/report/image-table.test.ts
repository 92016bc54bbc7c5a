import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { imageTable } from '../../../src/bench/report/image-table.ts';
import { aFleet, aFormulaRecord, aRecord } from '../a-record.ts';

const image = { wireBytes: 600_000, rawBytes: 1_000_000, chunks: 10, reusedChunks: 3, refetchedChunks: 0 };

describe('the table of the image', () => {
  it('adds the chunks of all machines up, tells what went over the wire, and leaves out cells whose machines do not tell', () => {
    const [first, second] = aFleet([8, 10]);
    const fleet = [
      { ...first!, image },
      { ...second!, image: { ...image, refetchedChunks: 1 } },
    ];
    const { columns, rows } = imageTable(
      cellDetails([aRecord({ fleet, wireBytes: 590_000 }), aFormulaRecord()]),
    );
    expect(columns.map(({ heading }) => heading)).toEqual([
      'Transport',
      'Machines',
      'Executor',
      'Wire bytes',
      'Raw bytes',
      'Chunks of all machines',
      'Reused',
      'Re-fetched',
    ]);
    expect(rows).toEqual([['P2P', '2', 'simulated', '590 kB', '1.00 MB', '20', '6', '1']]);
  });

  it('has no rows where no machine tells', () => {
    expect(imageTable(cellDetails([aRecord({ fleet: aFleet([8]) })])).rows).toEqual([]);
  });
});
