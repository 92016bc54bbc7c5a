import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { phaseTable } from '../../../src/bench/report/phase-table.ts';
import { aFleet, aFormulaRecord, aRecord } from '../a-record.ts';

describe('the table of phases', () => {
  it('has the phases that took place, in their order', () => {
    const { columns, rows } = phaseTable(
      cellDetails([aRecord({ fleet: aFleet([8, 10]) }), aFormulaRecord()]),
    );
    expect(columns.map((column) => column.heading)).toEqual([
      'Transport',
      'Machines',
      'Executor',
      'boot',
      'download',
      'verify',
    ]);
    expect(rows).toEqual([['P2P', '2', 'simulated', '1.00 s', '7.00 s', '1.00 s']]);
  });

  it('has no cell of which a run was given up', () => {
    const givenUp = aRecord({ transport: 'unicast', fleet: aFleet([8, null]), unfinishedAfterS: 60 });
    const { rows } = phaseTable(cellDetails([aRecord(), givenUp]));
    expect(rows.map(([transport]) => transport)).toEqual(['P2P']);
  });
});
