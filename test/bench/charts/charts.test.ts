import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../src/bench/charts/charts.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

const namesOf = (...records: Parameters<typeof cellDetails>[0]) =>
  chartsOf(cellDetails(records)).map((chart) => chart.name);

describe('the charts of a report', () => {
  it('are four where there are runs', () => {
    expect(namesOf(aRecord())).toEqual(['makespan', 'completion', 'server-copies', 'phases']);
  });

  it('are those of times and copies where there are formulas alone', () => {
    expect(namesOf(aFormulaRecord())).toEqual(['makespan', 'server-copies']);
  });

  it('are that of times where there are published cells alone', () => {
    expect(namesOf(aPublishedRecord())).toEqual(['makespan']);
  });
});
