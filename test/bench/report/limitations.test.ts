import { describe, expect, it } from 'vitest';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { selectRecords } from '../../../src/bench/metrics/record-selection.ts';
import type { RunRecord, Transport } from '../../../src/bench/record/run-record.ts';
import { limitations } from '../../../src/bench/report/limitations.ts';
import { aFleet, aFormulaRecord, aMachine, aPublishedRecord, aRecord } from '../a-record.ts';

function limitationsOf(...records: RunRecord[]): string[] {
  const selection = selectRecords(records);
  return limitations(selection, cellDetails(selection.records));
}

const THREE_RUNS = [1, 2, 3].map((randomSeed) => aRecord({ randomSeed }));

describe('the limitations', () => {
  it('hold what the records say, once, with the executors that say it', () => {
    const records = [
      aFormulaRecord({ limitations: ['Links are equal.'] }),
      ...THREE_RUNS.map((record) => ({ ...record, limitations: ['Links are equal.', 'No packets.'] })),
    ];
    expect(limitationsOf(...records)).toEqual([
      'Links are equal. (theory and simulated)',
      'No packets. (simulated)',
    ]);
  });

  it('are none where three runs are all that is known', () => {
    expect(limitationsOf(...THREE_RUNS)).toEqual([]);
  });

  it('say that single runs and two runs have no interval', () => {
    expect(limitationsOf(aRecord())).toEqual([
      'No interval where there is a single run: P2P with 2 machines (simulated).',
    ]);
    expect(limitationsOf(...THREE_RUNS.slice(1))).toEqual([
      'No interval where there are two runs, only their range: P2P with 2 machines (simulated).',
    ]);
  });

  it('say so too where nobody finished in the others', () => {
    const failed = [3, 4].map((randomSeed) => aRecord({ fleet: aFleet([null, null]), randomSeed }));
    expect(limitationsOf(aRecord({ randomSeed: 1 }), aRecord({ randomSeed: 2 }), ...failed)).toContain(
      'No interval where there are two runs, only their range: P2P with 2 machines (simulated).',
    );
  });

  it('name four cells and count the others', () => {
    const records = [1, 2, 3, 4, 5, 6].map((machines) => aRecord({ machines }));
    expect(limitationsOf(...records)[0]).toContain('P2P with 4 machines (simulated) and 2 other cells.');
  });

  it('count records of other settings and runs made again', () => {
    const other = aRecord({ scenario: { ...aRecord().scenario, digest: 'other' } });
    const found = limitationsOf(other, aRecord({ randomSeed: 1 }), ...THREE_RUNS);
    expect(found[0]).toContain('1 record left out: only the settings');
    expect(found[1]).toContain('1 record left out because the same run was made again');
  });

  it('say that not all records were made by the same code', () => {
    const byCode = (code: string, randomSeed: number) =>
      aRecord({ randomSeed, versions: { swarmboot: '0.1.0', code } });
    expect(limitationsOf(...[1, 2, 3].map((seed) => byCode('aaa', seed)))).toEqual([]);
    expect(limitationsOf(byCode('aaa', 1), byCode('aaa', 2), byCode('bbb', 3))).toEqual([
      'The records were made by 2 states of the code, which need not be equally fast: aaa (2 records, simulated) and bbb (1 record, simulated). Each record says by which.',
    ]);
  });

  it('say that records which do not tell their code were made by other code than those that do', () => {
    const [older, ...known] = THREE_RUNS.map((record) => ({ ...record, versions: { code: 'aaa' } }));
    expect(limitationsOf({ ...older!, versions: {} }, ...known)).toEqual([
      'The records were made by at least 2 states of the code, which need not be equally fast: code not recorded (1 record, simulated) and aaa (2 records, simulated).',
    ]);
  });

  it('say that processors were busier than records of before know', () => {
    const measured = THREE_RUNS.map((record) => ({ ...record, busyShare: 0.55 }));
    const [older, ...same] = measured.map((record) => ({ ...record, softirqShare: 0.1 }));
    expect(limitationsOf(older!, ...same)).toEqual([]);
    const found = limitationsOf(measured[0]!, ...same);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('busier than 1 older record with a `busyShare` and no `softirqShare` say');
  });

  it('say whose processor time and memory also have those of our agent in them', () => {
    const measuredBy = (...transports: Transport[]) =>
      transports.flatMap((transport) =>
        THREE_RUNS.map((record) => ({ ...record, source: 'netns' as const, transport, serverCpuS: 1 })),
      );
    const used = { cpuS: 1, peakMemoryBytes: { agent: 5, aria2c: 3 } };
    const withUse = (records: RunRecord[]) =>
      records.map((record) => ({
        ...record,
        fleet: record.fleet.map((machine) => ({ ...machine, ...used })),
      }));
    expect(limitationsOf(...withUse(measuredBy('p2p', 'webtorrent', 'unicast')))).toEqual([]);
    expect(limitationsOf(...measuredBy('aria2'))).toEqual([]);
    expect(limitationsOf(...withUse(measuredBy('p2p', 'aria2', 'multicast')))).toEqual([
      'Processor time and memory of aria2 and multicast are not those of the programs alone: our agent on each machine and our server, which run in Node, are in them. Records tell memory by process (`peakMemoryBytes`).',
    ]);
  });

  it('say that real machines had a part of the image, and hold their times against no bound', () => {
    const image = { wireBytes: 8, rawBytes: 8, chunks: 4, reusedChunks: 3, refetchedChunks: 0 };
    const fleet = aFleet([2, 3]).map((machine) => ({ ...machine, image }));
    const found = THREE_RUNS.map((record) => ({ ...record, source: 'hardware' as const, fleet }));
    expect(limitationsOf(...found)).toEqual([
      'Up to 75 % of the image was on the disks before the run: P2P with 2 machines (measured on real machines). Only the rest was deployed; these times are held against no bound and no simulation. Make the disks blank before each run to measure whole deployments.',
    ]);
    // A machine of a lab that came back has found what it had written itself.
    expect(limitationsOf(...found.map((record) => ({ ...record, source: 'netns' as const })))[0]).toContain(
      'Quicker than the lower bound',
    );
  });

  it('say how many machines failed and why', () => {
    const records = THREE_RUNS.map((record) => ({ ...record, fleet: aFleet([8, null]) }));
    expect(limitationsOf(...records)).toEqual([
      'Failed machines are left out of makespan, latency and phases: P2P with 2 machines (simulated). Reasons: the disk is too small (3 machines).',
    ]);
  });

  it('say where machines finished unverified', () => {
    const records = THREE_RUNS.map((record) => ({
      ...record,
      fleet: [aMachine({ isVerified: false })],
      machines: 1,
    }));
    expect(limitationsOf(...records)).toEqual([
      'Machines finished without a verified disk: P2P with 1 machine (simulated).',
    ]);
  });

  it('warn of transfers quicker than their bound', () => {
    const bounds = { lowerBoundS: 100, pieceBoundS: null, copyS: 100 };
    expect(limitationsOf(...THREE_RUNS.map((record) => ({ ...record, bounds })))[0]).toContain(
      'Do not trust these times',
    );
  });

  it('warn of a single run that was quicker than its bound, though the middle one was not', () => {
    const bounds = { lowerBoundS: 100, pieceBoundS: null, copyS: 100 };
    const [first, ...others] = THREE_RUNS;
    expect(limitationsOf({ ...first!, bounds }, ...others)[0]).toContain('Do not trust these times');
  });

  it('say what published times are', () => {
    expect(limitationsOf(aPublishedRecord())).toEqual([
      'Published times stand as they were printed: single runs on a network that is not known in full.',
    ]);
  });
});
