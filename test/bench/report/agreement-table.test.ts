import { describe, expect, it } from 'vitest';
import { agreementDetails } from '../../../src/bench/metrics/agreement.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { agreementSentences } from '../../../src/bench/report/agreement-sentences.ts';
import { agreementSentence, agreementTable } from '../../../src/bench/report/agreement-table.ts';
import { aFleet, aRecord } from '../a-record.ts';

const SIMULATED = aRecord({ fleet: aFleet([8, 10]) });

const detailsOf = (...records: RunRecord[]) => agreementDetails(cellDetails(records));

/** Rows as objects by heading. */
function rowsOf(...records: RunRecord[]) {
  const { columns, rows } = agreementTable(detailsOf(...records));
  return rows.map((row) => Object.fromEntries(columns.map(({ heading }, index) => [heading, row[index]])));
}

describe('the table of simulated against measured', () => {
  const local = aRecord({ source: 'local', fleet: aFleet([8, 11]) });
  const netns = aRecord({ source: 'netns', fleet: aFleet([8, 12]) });

  it('says who measured where several did', () => {
    expect(rowsOf(SIMULATED, local, netns)).toMatchObject([
      { Executor: 'measured', Measured: '11.0 s' },
      { Executor: 'measured in netns', Measured: '12.0 s' },
    ]);
    expect(rowsOf(SIMULATED, netns)[0]).not.toHaveProperty('Executor');
  });

  it('marks cells that a busy computer may have slowed down, and counts them', () => {
    const busy = aRecord({ source: 'netns', busyShare: 0.61, fleet: aFleet([8, 12]) });
    expect(rowsOf(SIMULATED, local, busy).map(({ Measured }) => Measured)).toEqual(['11.0 s', '12.0 s ‡']);
    expect(agreementSentence(detailsOf(SIMULATED, local, busy), [])).toContain('‡ In 1 cell,');
    expect(agreementSentence(detailsOf(SIMULATED, local, netns), [])).not.toContain('‡');
  });
});

describe('what is said beside the table', () => {
  const PROBED = { basis: 'the probe 0123 of 2026-01-02' };
  const simulated = (machines: number, doneS: number) =>
    aRecord({ machines, fleet: aFleet(Array(machines).fill(doneS)), ...PROBED });
  const measured = (machines: number) =>
    aRecord({ source: 'netns', machines, fleet: aFleet(Array(machines).fill(10)) });
  const told = (...records: RunRecord[]) => agreementSentence(detailsOf(...records), []);

  it('says that a simulation had the scenario alone, or what a probe had measured beside it', () => {
    const alone = told(SIMULATED, aRecord({ source: 'netns' }));
    expect(alone).toContain('The simulator was given the scenario alone.');
    expect(alone).not.toContain('probe');
    expect(told(simulated(2, 10), measured(2))).toContain('what a probe had measured in the lab');
    expect(told(simulated(2, 10), measured(2))).not.toContain('the scenario alone');
  });

  it('tells cells with several machines apart where a probe told what one takes', () => {
    expect(told(simulated(1, 10), measured(1), simulated(4, 12), measured(4))).toContain(
      'Over 1 cell with more than one machine the makespan is off by 20.0 % in the median and 20.0 % at most, and the mean latency by 20.0 %',
    );
    expect(told(simulated(1, 10), measured(1))).toContain('None of these cells has more than one machine.');
    expect(told(simulated(4, 10), measured(4))).toContain('All of these cells have more than one machine.');
  });
});

describe('the sentences of simulated against measured', () => {
  it.each([
    ['local', 'measured'],
    ['netns', 'measured in netns'],
    ['vm', 'measured in virtual machines'],
    ['hardware', 'measured on real machines'],
  ] as const)('hold it against whatever measured: %s', (source, words) => {
    const measured = aRecord({ source, fleet: aFleet([8, 12.5]) });
    expect(agreementSentences(cellDetails([SIMULATED, measured]))).toEqual([
      expect.stringContaining(`simulated and ${words} differ by 20 %`),
    ]);
  });
});
