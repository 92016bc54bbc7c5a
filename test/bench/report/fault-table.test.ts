import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { faultNotes, faultTable } from '../../../src/bench/report/fault-table.ts';
import { aFleet, aFormulaRecord, aRecord } from '../a-record.ts';

const PLAIN = aRecord({ fleet: aFleet([8, 10]) });
const CUT = aRecord({
  variant: 'cable-out',
  fleet: aFleet([9, 25]),
  scenario: { ...PLAIN.scenario, settings: { faults: [{ cut: 1, at: '2 s', for: '15 s' }] } },
});
const DEAD = aRecord({
  variant: 'machine-dies',
  fleet: aFleet([9, null]),
  scenario: { ...PLAIN.scenario, settings: { faults: [{ kill: 1, at: '2 s' }] } },
});

const BACK = aRecord({
  variant: 'machine-comes-back',
  fleet: aFleet([9, 40]),
  scenario: { ...PLAIN.scenario, settings: { faults: [{ kill: 1, at: '2 s', back: '20 s' }] } },
});

describe('the table of what went wrong', () => {
  it('says who finished, how much later than without the fault, and what the others said', () => {
    const table = faultTable(cellDetails([PLAIN, CUT, DEAD, BACK]));
    const { columns, rows } = table;
    expect(columns.map(({ heading }) => heading)).toEqual([
      ...['Variant', 'Transport', 'Machines', 'Executor', 'Finished', 'Makespan', 'Later'],
      'What the others said',
    ]);
    expect(rows).toEqual([
      ['cable-out', 'P2P', '2', 'simulated', '2 of 2', '25.0 s', '+15.0 s', ''],
      ['machine-dies', 'P2P', '2', 'simulated', '1 of 2', '9.00 s', '−1.00 s', 'the disk is too small'],
      ['machine-comes-back', 'P2P', '2', 'simulated', '2 of 2', '40.0 s', '+30.0 s', ''],
    ]);
    expect(faultNotes(table).join()).toContain('without the fault');
  });

  it('compares with runs that differ in the fault alone, of whatever variant they are', () => {
    const settings = { transports: { p2p: { maxConnections: 8 } } };
    const few = aRecord({
      variant: 'few-connections',
      fleet: aFleet([9, 12]),
      scenario: { ...PLAIN.scenario, settings },
    });
    const fewCut = aRecord({
      variant: 'few-connections-cut',
      fleet: aFleet([9, 33]),
      scenario: { ...PLAIN.scenario, settings: { ...settings, faults: [{ cut: 1, at: '2 s' }] } },
    });
    const laterOf = (...records: (typeof PLAIN)[]) => {
      const { columns, rows } = faultTable(cellDetails(records));
      const place = columns.findIndex(({ heading }) => heading === 'Later');
      return rows.map((row) => row[place] ?? '');
    };
    expect(laterOf(PLAIN, CUT, fewCut)).toEqual(['+15.0 s', '']);
    expect(laterOf(PLAIN, CUT, few, fewCut)).toEqual(['+15.0 s', '+21.0 s']);
  });

  it('compares with nothing where the scenario was not run without the fault', () => {
    const table = faultTable(cellDetails([CUT]));
    expect(table.columns.map(({ heading }) => heading)).not.toContain('Later');
    expect(faultNotes(table)).toEqual([]);
  });

  it('is empty where nothing went wrong', () => {
    expect(faultTable(cellDetails([PLAIN, aFormulaRecord()])).rows).toEqual([]);
  });
});
