import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { summary } from '../../../src/bench/report/summary.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

const summaryOf = (...records: RunRecord[]) => summary(cellDetails(records));
const aRun = (machines: number, doneS: number, overrides: Partial<RunRecord> = {}) =>
  aRecord({ machines, fleet: aFleet([doneS]), ...overrides });

describe('the summary', () => {
  it('says what was sent to how many machines, how, and where the times come from', () => {
    expect(summaryOf(aRun(1, 10), aFormulaRecord({ transport: 'unicast' }))).toContain(
      'An image of 1.00 MB goes to 1 and 2 machines by P2P and unicast; the times are from theory and simulation.',
    );
  });

  it('compares P2P with the other transports at the largest count, and with the bound', () => {
    const local = { source: 'local' } as const;
    expect(summaryOf(aRun(8, 12.1, local), aRun(8, 33, { ...local, transport: 'unicast' }))).toContain(
      'With 8 machines, P2P took 12.1 s (measured) against 33.0 s for unicast: 2.7 times as fast; its transfer cannot take less than 4.00 s.',
    );
  });

  it('does not hide that P2P is slower', () => {
    expect(summaryOf(aRun(1, 134), aRun(1, 110, { transport: 'unicast' }))).toContain('0.82 times as fast');
  });

  it('compares at the largest count that most transports share', () => {
    const records = [aRun(4, 10), aRun(4, 20, { transport: 'unicast' }), aRun(64, 12)];
    expect(summaryOf(...records)).toContain('With 4 machines, P2P took 10.0 s');
  });

  it('tells of the measurement first and of the simulation where it reaches further', () => {
    const records = [aRun(8, 11), aRun(8, 12, { source: 'local' })];
    expect(summaryOf(...records)).not.toContain('took 11.0 s (simulated)');
    expect(summaryOf(...records, aRun(64, 13))).toMatch(
      /took 12.0 s \(measured\).*took 13.0 s \(simulated\)/,
    );
  });

  it('takes the quickest transport where there is no P2P', () => {
    const records = [aRun(8, 30, { transport: 'unicast' }), aRun(8, 10, { transport: 'multicast' })];
    expect(summaryOf(...records)).toContain('multicast took 10.0 s (simulated) against 30.0 s for unicast');
  });

  it('says how times grow with the machines', () => {
    const unicast = { transport: 'unicast' } as const;
    expect(summaryOf(aRun(1, 10), aRun(8, 11), aRun(1, 10, unicast), aRun(8, 80, unicast))).toContain(
      'From 1 to 8 machines the simulated time changed by a factor of 1.10 for P2P and 8.00 for unicast.',
    );
  });

  it('says how the times of one transport grow in each variant, and which variant it speaks of', () => {
    const [m1, m1000] = [{ variant: 'm1' }, { variant: 'm1000' }];
    const told = summaryOf(aRun(2, 10, m1), aRun(8, 30, m1), aRun(2, 10, m1000), aRun(8, 10.2, m1000));
    expect(told).toContain('With 8 machines (variant m1), P2P took 30.0 s (simulated)');
    expect(told).toContain('changed by a factor of 3.00 for P2P (m1) and 1.02 for P2P (m1000).');
  });

  it('says how far simulation and measurement are apart', () => {
    const local = { source: 'local' } as const;
    expect(summaryOf(aRun(1, 11), aRun(4, 10), aRun(1, 10, local), aRun(4, 10, local))).toContain(
      'Over 2 cells, simulated and measured times differ by 5.0 % in the median and by 10 % at most.',
    );
  });

  it('says how far the simulation is from published times', () => {
    const published = aPublishedRecord({ formula: { ...aFormulaRecord().formula!, makespanS: 20 } });
    expect(summaryOf(aRun(2, 19), published)).toContain('simulated and published times differ by 5.0 %');
  });

  it('names the quickest and the slowest variant', () => {
    const records = [
      aRun(8, 12),
      aRun(8, 30, { variant: 'old-disks' }),
      aRun(8, 10, { variant: 'new-disks' }),
    ];
    expect(summaryOf(...records)).toContain(
      'Over the 3 variants, P2P with 8 machines took from 10.0 s (new-disks) to 30.0 s (old-disks).',
    );
  });

  it('says whether every disk was verified', () => {
    expect(summaryOf(aRecord())).toContain('Every machine of every run had a verified disk.');
    expect(summaryOf(aRecord({ fleet: aFleet([8, null]) }))).toContain(
      'Of 2 machines over all runs, 1 had a verified disk',
    );
  });

  it('holds where no machine finished at all', () => {
    expect(summaryOf(aRecord({ fleet: aFleet([null]) }))).toContain(
      'Of 1 machine over all runs, 0 had a verified disk',
    );
  });
});
