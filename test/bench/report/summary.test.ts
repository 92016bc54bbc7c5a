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
      'With 8 machines, P2P took 12.1 s (measured) against 33.0 s for unicast (2.7 times as long); a transfer by P2P cannot take less than 4.00 s.',
    );
  });

  it('does not hide that P2P is slower', () => {
    expect(summaryOf(aRun(1, 134), aRun(1, 110, { transport: 'unicast' }))).toContain('(0.82 times as long)');
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

  it('compares no times of deployments in which machines failed', () => {
    const [dying] = aFleet([9]);
    const failed = { ...dying!, doneS: null, isVerified: false, failure: 'it was killed' };
    const records = [
      aRun(8, 12),
      aRun(8, 30, { transport: 'unicast' }),
      aRecord({ machines: 8, variant: 'machine-dies', fleet: [...aFleet([9]), failed] }),
    ];
    const told = summaryOf(...records);
    expect(told).toContain('With 8 machines, P2P took 12.0 s (simulated) against 30.0 s for unicast');
    expect(told).not.toContain('machine-dies');
    expect(summaryOf(records[2]!)).not.toContain('took');
  });

  it('speaks of whatever there is, also where another executor has other variants', () => {
    const measured = aRun(8, 20, { source: 'netns', variant: 'server-killed' });
    expect(summaryOf(aRun(8, 10), measured)).toContain('With 8 machines');
    expect(summaryOf(aPublishedRecord(), aRun(8, 10, { variant: 'm1' }))).toContain('With 8 machines');
  });

  it('says how times grow with the machines', () => {
    const unicast = { transport: 'unicast' } as const;
    expect(summaryOf(aRun(1, 10), aRun(8, 11), aRun(1, 10, unicast), aRun(8, 80, unicast))).toContain(
      'From 1 to 8 machines the time (simulated) changed by a factor of 1.10 for P2P and 8.00 for unicast.',
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
      'Over 2 cells, makespans simulated and measured differ by 5.0 % in the median and by 10 % at most',
    );
  });

  it('says how far the simulation is from published times', () => {
    const published = aPublishedRecord({ formula: { ...aFormulaRecord().formula!, makespanS: 20 } });
    expect(summaryOf(aRun(2, 19), published)).toContain(
      'From 1 published time (Balaz & Adam 2016, Table 1) the simulated ones differ by 5.0 % in the median',
    );
  });

  it('does not take settings that explain a publication for a test of the simulator', () => {
    const told = summaryOf(aRun(2, 9), aPublishedRecord());
    expect(told).toContain('this explains them and is no test of the simulator');
    expect(summaryOf(aRun(2, 9), aRun(2, 9, { source: 'netns' }))).not.toContain('no test of the simulator');
  });

  it('holds the simulation against each of several publications', () => {
    const others = [10, 20].map((makespanS) =>
      aPublishedRecord({
        formula: { ...aPublishedRecord().formula!, makespanS },
        citation: `after ${makespanS} s`,
      }),
    );
    expect(summaryOf(aRun(2, 15), ...others)).toContain(
      'From 2 published times (after 10 s and after 20 s) the simulated ones differ by 38 % in the median and by 50 % at most',
    );
  });

  it('says how far the means of the machines are apart, which makespans do not tell', () => {
    const netns = { source: 'netns', machines: 2 } as const;
    const records = [aRecord({ ...netns, fleet: aFleet([5, 10]) }), aRecord({ fleet: aFleet([10, 10]) })];
    expect(summaryOf(...records)).toContain(
      'makespans simulated and measured in netns differ by 0.0 % in the median and by 0.0 % at most, and mean latencies by 33 % in the median',
    );
  });

  it('says by which transport everybody finished although something went wrong', () => {
    const settings = { faults: [{ kill: 1, at: '2 s' }] };
    const faulty = { machines: 2, scenario: { ...aRecord().scenario, settings } };
    const told = summaryOf(
      aRecord({ ...faulty, fleet: aFleet([9, null]), variant: 'dies' }),
      aRecord({ ...faulty, fleet: aFleet([9, 30]), variant: 'back' }),
      aRecord({ ...faulty, fleet: aFleet([null, null]), variant: 'dies', transport: 'unicast' }),
    );
    expect(told).toContain(
      'every machine finished in 1 of 2 cases by P2P and 0 of 1 case by unicast (simulated)',
    );
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

  it('says how many variants it leaves out because machines failed there', () => {
    const died = { variant: 'dies', fleet: aFleet([9, null, 9, 9, 9, 9, 9, 9]) };
    const told = summaryOf(aRun(8, 12), aRun(8, 30, { variant: 'slow' }), aRun(8, 9, died));
    expect(told).toContain(
      'Over 2 of the 3 variants (in the others machines failed), P2P with 8 machines took from 12.0 s',
    );
  });

  it('holds no time of real machines that had a part of the image against others, nor against the bound', () => {
    const image = { wireBytes: 1, rawBytes: 1, chunks: 10, reusedChunks: 9, refetchedChunks: 0 };
    const fleet = aFleet([2]).map((machine) => ({ ...machine, image }));
    const real = { source: 'hardware' } as const;
    expect(summaryOf(aRecord({ ...real, machines: 1, fleet }))).not.toContain('took');
    expect(summaryOf(aRecord({ ...real, machines: 1, fleet: aFleet([9]) }))).toContain('took');
  });

  it('says whether every disk was verified that was measured, and of simulated machines that they finished', () => {
    const netns = { source: 'netns' } as const;
    expect(summaryOf(aRecord(netns))).toContain('Every machine of every measured run had a verified disk.');
    expect(summaryOf(aRecord({ ...netns, fleet: aFleet([8, null]) }))).toContain(
      'Of 2 machines over all measured runs, 1 had a verified disk: see the limitations.',
    );
    expect(summaryOf(aRecord())).toContain('Every machine of every simulated run finished.');
    expect(summaryOf(aRecord())).not.toContain('verified');
  });

  it('holds where no machine finished at all', () => {
    expect(summaryOf(aRecord({ fleet: aFleet([null]) }))).toContain(
      'Of 1 machine over all simulated runs, 0 finished: see the limitations.',
    );
  });
});
