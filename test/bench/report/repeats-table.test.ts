import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { repeatsNote, repeatsTable } from '../../../src/bench/report/repeats-table.ts';
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

  it('counts the runs that have a time, and says how often their interval holds the median', () => {
    const failed = [4, 5].map((seed) => aRecord({ fleet: aFleet([null]), randomSeed: seed }));
    const details = cellDetails([...runs, ...failed]);
    expect(repeatsTable(details).rows[0]!.slice(3, 6)).toEqual(['3 of 5', '10.0 s', '11.0 s']);
    expect(repeatsNote(details)).toContain('in 75 of 100 cases with 3 runs');
    expect(repeatsNote(details)).toContain('nobody finished in the others');
    expect(repeatsNote(cellDetails(runs))).not.toContain('nobody finished');
  });

  it('gives no interval for two runs', () => {
    const { columns } = repeatsTable(cellDetails(runs.slice(1)));
    expect(columns.map((column) => column.heading)).not.toContain('95 % interval of the mean');
  });

  it('is empty where every cell is a single run', () => {
    expect(repeatsTable(cellDetails([aRecord()])).rows).toEqual([]);
  });
});
