import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { repeatsTable } from '../../../src/bench/report/repeats-table.ts';
import { aFleet, aRecord } from '../a-record.ts';

const runs = [1, 2, 3].map((seed) => aRecord({ fleet: aFleet([9 + seed]), randomSeed: seed }));

describe('the table of repeats', () => {
  it('gives spread, interval of the median, and mean with its interval: 11 with 4.3027 / sqrt(3) = 2.48 to each side', () => {
    expect(repeatsTable(cellDetails(runs)).rows).toEqual([
      [
        'P2P',
        '1',
        'simulated',
        '3',
        '10.0 s',
        '11.0 s',
        '12.0 s',
        '10.0 to 12.0 s',
        '11.0 s',
        '8.52 to 13.5 s',
      ],
    ]);
  });

  it('gives no interval for two runs', () => {
    const { columns } = repeatsTable(cellDetails(runs.slice(1)));
    expect(columns.map((column) => column.heading)).not.toContain('95 % interval of the mean');
  });

  it('is empty where every cell is a single run', () => {
    expect(repeatsTable(cellDetails([aRecord()])).rows).toEqual([]);
  });
});
