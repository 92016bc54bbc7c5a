import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { comparisonNotes, comparisonTable } from '../../../src/bench/report/comparison-table.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

const tableOf = (...records: RunRecord[]) => comparisonTable(cellDetails(records));

/** Rows as objects by heading. */
function rowsOf(...records: RunRecord[]) {
  const { columns, rows } = tableOf(...records);
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.heading, row[index]])));
}

describe('the comparison table', () => {
  it('lays theory, simulation, measurement and publication of a cell side by side', () => {
    const row = rowsOf(
      aFormulaRecord(),
      aRecord({ fleet: aFleet([8, 10]) }),
      aRecord({ source: 'local', fleet: aFleet([9, 11]) }),
      aPublishedRecord(),
    );
    expect(row).toEqual([
      {
        Transport: 'P2P',
        Machines: '2',
        Theory: '7.00 s',
        Simulated: '10.0 s',
        'Measured (local)': '11.0 s',
        Published: '9.00 s',
        'Lower bound': '4.00 s',
        'Bound in pieces': '5.00 s',
        'Transfer / bound': '2.25',
        'Server copies': '1.50',
        Verified: '2 of 2',
      },
    ]);
  });

  it('gives each of several publications its own time, as they are no repeats of each other', () => {
    const formula = aPublishedRecord().formula!;
    const records = [12, 9].map((makespanS) =>
      aPublishedRecord({ formula: { ...formula, makespanS }, citation: `of ${makespanS} s` }),
    );
    expect(rowsOf(...records)).toMatchObject([{ Published: '12.0 s; 9.00 s' }]);
    expect(comparisonNotes(cellDetails(records)).join(' ')).not.toContain('Over several runs');
  });

  it('shows the bound of the machines that the ratio is of, where others failed in the simulation', () => {
    const [row] = rowsOf(
      aRecord({ fleet: aFleet([8, null]), bounds: { lowerBoundS: 2, pieceBoundS: 3, copyS: 2 } }),
      aRecord({ source: 'netns', fleet: aFleet([8, 10]) }),
    );
    expect(row).toMatchObject({
      'Lower bound': '4.00 s',
      'Bound in pieces': '5.00 s',
      'Transfer / bound': '2.00',
    });
  });

  it('has a row for each variant, transport and machine count', () => {
    const rows = rowsOf(
      aRecord(),
      aRecord({ variant: 'lossy' }),
      aRecord({ transport: 'chain' }),
      aRecord({ machines: 8 }),
    );
    expect(rows.map((row) => [row.Variant, row.Transport, row.Machines])).toEqual([
      ['plain', 'P2P', '2'],
      ['plain', 'P2P', '8'],
      ['plain', 'chain', '2'],
      ['lossy', 'P2P', '2'],
    ]);
  });

  it('has only the columns that say something', () => {
    expect(tableOf(aPublishedRecord()).columns.map((column) => column.heading)).toEqual([
      'Transport',
      'Machines',
      'Published',
    ]);
  });

  it('gives the range where there are several runs', () => {
    const runs = [10, 12, 11].map((doneS) => aRecord({ fleet: aFleet([doneS]), randomSeed: doneS }));
    expect(rowsOf(...runs)[0]!.Simulated).toBe('11.0 s (10.0 to 12.0)');
  });

  it('has one bound for all that stand in a row, the smallest', () => {
    const bounds = { lowerBoundS: 2, pieceBoundS: 5, copyS: 4 };
    expect(rowsOf(aFormulaRecord(), aRecord({ bounds }))[0]!['Lower bound']).toBe('2.00 s');
  });

  it('takes the ratio to the bound from the simulation where nothing was measured', () => {
    expect(rowsOf(aFormulaRecord(), aRecord({ fleet: aFleet([8, 10]) }))[0]!['Transfer / bound']).toBe(
      '2.00',
    );
  });

  it('marks times that leave failed machines out and counts these', () => {
    const records = [aRecord({ fleet: aFleet([8, null]) })];
    expect(rowsOf(...records)[0]).toMatchObject({ Simulated: '8.00 s †', Finished: '1 of 2' });
    expect(comparisonNotes(cellDetails(records)).join(' ')).toContain('† Machines failed');
    expect(comparisonNotes(cellDetails([aRecord()])).join(' ')).not.toContain('†');
  });

  it('calls only machines verified whose disk was read back, and simulated ones finished', () => {
    const measured = aRecord({ source: 'netns', fleet: aFleet([8, null]) });
    expect(rowsOf(measured, aRecord())[0]).toMatchObject({ Verified: '1 of 2, 1 failed' });
    expect(rowsOf(measured, aRecord())[0]).not.toHaveProperty('Finished');
    expect(rowsOf(aRecord())[0]).toMatchObject({ Finished: '2 of 2' });
    expect(rowsOf(aRecord())[0]).not.toHaveProperty('Verified');
    const notes = (record: RunRecord) => comparisonNotes(cellDetails([record])).join(' ');
    expect(notes(measured)).toContain('Verified: machines whose disk was read back');
    expect(notes(aRecord())).toContain('Finished: simulated machines');
  });

  it('has what a lab measured beside times, where it did', () => {
    const fleet = aFleet([8, 10]).map((machine) => ({
      ...machine,
      cpuS: 1.25,
      peakMemoryBytes: { agent: 72e6 },
    }));
    const measured = { serverLink: { upBytes: 1_100_000, downBytes: 0 }, serverCpuS: 3, busyShare: 0.6 };
    const server = { serverPeakMemoryBytes: { server: 95e6 } };
    const records = [aRecord({ source: 'netns', fleet, ...measured, ...server })];
    expect(rowsOf(...records)[0]).toMatchObject({
      'Measured in netns': '10.0 s',
      'Server copies (link)': '1.10',
      'CPU-s of the machines': '2.50',
      'CPU-s of the server': '3.00',
      'Peak memory': '72.0 MB (server 95.0 MB)',
    });
    expect(comparisonNotes(cellDetails(records)).join(' ')).toContain('CPU seconds');
  });

  it('has what other seeders sent, where there are any', () => {
    const records = [aRecord({ seedersUploadedBytes: 500_000 })];
    expect(rowsOf(...records)[0]).toMatchObject({ 'Copies of other seeders': '0.500' });
    expect(comparisonNotes(cellDetails(records)).join(' ')).toContain('had the image from the start');
    expect(comparisonNotes(cellDetails([aRecord()])).join(' ')).not.toContain('seeders');
  });

  it('marks times of a busy computer', () => {
    const records = [aRecord({ source: 'netns', busyShare: 0.61 })];
    expect(rowsOf(...records)[0]!['Measured in netns']).toBe('10.0 s ‡');
    expect(comparisonNotes(cellDetails(records)).join(' ')).toContain('‡ More than 60 %');
  });

  it('says in how many runs of several it was not finished, and where the computer was busy', () => {
    const runs = [
      aRecord({ source: 'netns', randomSeed: 1, busyShare: 0.98 }),
      aRecord({ source: 'netns', randomSeed: 2, unfinishedAfterS: 170, fleet: aFleet([8, null]) }),
      aRecord({ source: 'netns', randomSeed: 3 }),
    ];
    expect(rowsOf(...runs)).toMatchObject([
      { 'Measured in netns': 'not finished after 2.83 min in 1 of 3 runs ‡' },
    ]);
    expect(comparisonNotes(cellDetails(runs)).join(' ')).not.toContain('†');
  });

  it('shows how often the image went over the WAN, and explains only columns that are there', () => {
    const siteLinks = [0, 1.06].map((copies) => ({ upBytes: 0, downBytes: copies * 1e6 }));
    const across = aRecord({ source: 'netns', siteLinks, wireBytes: 1e6 });
    expect(rowsOf(across)).toMatchObject([{ 'Copies over the WAN': '1.06' }]);
    expect(comparisonNotes(cellDetails([across])).join(' ')).toContain('Copies over the WAN are');
    const measured = aRecord({ source: 'netns', bounds: { lowerBoundS: 4, pieceBoundS: null, copyS: 4 } });
    const records = [measured, aRecord()];
    expect(tableOf(...records).columns.map(({ heading }) => heading)).not.toContain('Bound in pieces');
    expect(comparisonNotes(cellDetails(records)).join(' ')).not.toContain('bound in pieces');
    expect(comparisonNotes(cellDetails([aRecord()])).join(' ')).toContain('bound in pieces');
  });

  it('says in how many of several runs no machine finished', () => {
    const runs = [10, null, 12, 11, null].map((doneS, randomSeed) =>
      aRecord({ fleet: aFleet([doneS]), randomSeed }),
    );
    expect(rowsOf(...runs)[0]!.Simulated).toMatch(/^11\.0 s .*†, nobody finished in 2 of 5 runs$/);
  });

  it('says where no machine finished', () => {
    expect(rowsOf(aRecord({ fleet: aFleet([null, null]) }))[0]!.Simulated).toBe('none finished');
  });
});
