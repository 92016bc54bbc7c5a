import { describe, expect, it } from 'vitest';
import { outcomeNumbers } from '../../../src/bench/metrics/run-outcome.ts';
import { aFleet, aFormulaRecord, aMachine, aRecord } from '../a-record.ts';

describe('the numbers of a run', () => {
  it('take the makespan from the last machine done', () => {
    expect(outcomeNumbers(aRecord({ fleet: aFleet([8, 12, 10]) })).makespanS).toBe(12);
  });

  it('leave failed machines out of makespan and latency, and count them', () => {
    const outcome = outcomeNumbers(aRecord({ fleet: aFleet([8, null, 10]) }));
    expect(outcome).toMatchObject({ makespanS: 10, meanLatencyS: 9, verifiedMachines: 2, failedMachines: 1 });
  });

  it('count a machine with a failure as failed even where it has an end', () => {
    const fleet = [
      aMachine({ doneS: 5 }),
      aMachine({ doneS: 50, failure: 'the disk differs', isVerified: false }),
    ];
    expect(outcomeNumbers(aRecord({ fleet }))).toMatchObject({ makespanS: 5, failedMachines: 1 });
  });

  it('know no times where no machine finished', () => {
    const outcome = outcomeNumbers(aRecord({ fleet: aFleet([null, null]) }));
    expect(outcome).toMatchObject({
      makespanS: null,
      transferS: null,
      meanLatencyS: null,
      failedMachines: 2,
    });
  });

  it('know no times of a run that was given up, whoever had finished by then', () => {
    const record = aRecord({ fleet: aFleet([20, null]), unfinishedAfterS: 800 });
    expect(outcomeNumbers(record)).toMatchObject({
      makespanS: null,
      transferS: null,
      meanLatencyS: null,
      verifiedMachines: 1,
      failedMachines: 1,
    });
  });

  it('count the latency of each machine from its own power-on', () => {
    const fleet = [aMachine({ poweredOnS: 0, doneS: 8 }), aMachine({ poweredOnS: 4, doneS: 10 })];
    expect(outcomeNumbers(aRecord({ fleet })).meanLatencyS).toBe(7);
  });

  it('end the transfer with the last download where the image is written as it arrives', () => {
    const fleet = [aMachine({ phases: { download: [2, 6] } }), aMachine({ phases: { download: [2, 9] } })];
    expect(outcomeNumbers(aRecord({ fleet, barrierS: 2 })).transferS).toBe(7);
  });

  it('end the transfer with the last write where the image is written after the download', () => {
    const fleet = [aMachine({ doneS: 20, phases: { download: [2, 6], write: [6, 15] } })];
    expect(outcomeNumbers(aRecord({ fleet, barrierS: 2 })).transferS).toBe(13);
  });

  it('take the transfer from verified machines alone', () => {
    const fleet = [
      aMachine({ phases: { download: [2, 6] } }),
      aMachine({ phases: { download: [2, 9] }, isVerified: false, failure: 'the disk differs' }),
    ];
    expect(outcomeNumbers(aRecord({ fleet, barrierS: 2 })).transferS).toBe(4);
  });

  it('divide what the server sent by the bytes that one machine receives', () => {
    expect(outcomeNumbers(aRecord({ serverUploadedBytes: 2_500, wireBytes: 1_000 })).serverCopies).toBe(2.5);
    expect(outcomeNumbers(aRecord({ serverUploadedBytes: null })).serverCopies).toBeNull();
  });

  it('divide what other seeders sent by the bytes that one machine receives, where there are any', () => {
    expect(outcomeNumbers(aRecord({ seedersUploadedBytes: 500, wireBytes: 1_000 })).otherSeederCopies).toBe(
      0.5,
    );
    expect(outcomeNumbers(aRecord()).otherSeederCopies).toBeNull();
  });

  it('divide what crossed the server’s link by the bytes that one machine receives', () => {
    const serverLink = { upBytes: 2_600, downBytes: 100 };
    expect(outcomeNumbers(aRecord({ serverLink, wireBytes: 1_000 })).serverLinkCopies).toBe(2.6);
    expect(outcomeNumbers(aRecord()).serverLinkCopies).toBeNull();
  });

  it('add up the processor time of all machines, and take the memory of the machine that held most', () => {
    const fleet = [
      aMachine({ cpuS: 1.5, peakMemoryBytes: { agent: 70, aria2c: 10 } }),
      aMachine({ cpuS: 2, peakMemoryBytes: { agent: 60 } }),
      aMachine({ doneS: null }),
    ];
    const server = { serverCpuS: 4, serverPeakMemoryBytes: { server: 90, aria2c: 20 } };
    expect(outcomeNumbers(aRecord({ fleet, ...server }))).toMatchObject({
      machinesCpuS: 3.5,
      serverCpuS: 4,
      peakMemoryBytes: 80,
      serverPeakMemoryBytes: 110,
    });
  });

  it('say nothing of what was not measured', () => {
    const nothing = {
      machinesCpuS: null,
      serverCpuS: null,
      peakMemoryBytes: null,
      serverPeakMemoryBytes: null,
    };
    expect(outcomeNumbers(aRecord())).toMatchObject(nothing);
    expect(outcomeNumbers(aFormulaRecord())).toMatchObject(nothing);
  });

  it('are the formula’s own for a formula, with no machine verified or failed', () => {
    const formula = { makespanS: 7, transferS: 5, meanLatencyS: 6, serverCopies: 1 };
    expect(outcomeNumbers(aFormulaRecord({ formula }))).toMatchObject({
      ...formula,
      verifiedMachines: 0,
      failedMachines: 0,
    });
  });
});
