import { describe, expect, it } from 'vitest';
import { meanPhaseTimes, waitingWords } from '../../../src/bench/metrics/phase-times.ts';
import type { MachineResult } from '../../../src/bench/record/run-record.ts';
import { aFleet, aFormulaRecord, aMachine, aRecord } from '../a-record.ts';

const timesOf = (...fleet: MachineResult[]) => Object.fromEntries(meanPhaseTimes([aRecord({ fleet })]));

describe('mean phase times', () => {
  it('average each phase over the machines', () => {
    const quick = aMachine({ doneS: 4, phases: { boot: [0, 1], download: [1, 4] } });
    const slow = aMachine({ doneS: 8, phases: { boot: [0, 2], download: [2, 8] } });
    expect(timesOf(quick, slow)).toEqual({ boot: 1.5, download: 4.5 });
  });

  it('count a skipped phase as zero', () => {
    const scanned = aMachine({ doneS: 4, phases: { scan: [0, 2], download: [2, 4] } });
    const empty = aMachine({ doneS: 4, phases: { download: [0, 4] } });
    expect(timesOf(scanned, empty)).toEqual({ scan: 1, download: 3 });
  });

  it('call the gaps between phases waiting, so that all add up to the latency', () => {
    const machine = aMachine({
      poweredOnS: 1,
      doneS: 12,
      phases: { boot: [2, 3], download: [6, 9], verify: [9, 11] },
    });
    expect(timesOf(machine)).toEqual({ boot: 1, download: 3, verify: 2, waiting: 5 });
  });

  it('say that waiting holds the time without power where machines lost it and came back', () => {
    const machine = aMachine({ doneS: 40, phases: { boot: [30, 31], download: [31, 40] } });
    const wordsOf = (faults: object[]) =>
      waitingWords([
        aRecord({ fleet: [machine], scenario: { ...aRecord().scenario, settings: { faults } } }),
      ]);
    expect(wordsOf([{ kill: 1, at: '8 s', back: '20 s' }])).toContain('and the time without power.');
    expect(wordsOf([{ kill: 1, at: '8 s' }])).toBe(
      'Waiting is time between phases, such as for the start of the transfer.',
    );
    expect(waitingWords([aRecord()])).toBe('');
  });

  it('see no waiting where phases overlap', () => {
    const machine = aMachine({ doneS: 6, phases: { download: [0, 5], write: [1, 6] } });
    expect(timesOf(machine)).toEqual({ download: 5, write: 5 });
  });

  it('leave failed machines out', () => {
    const fleet = [...aFleet([null]), aMachine({ doneS: 4, phases: { download: [0, 4] } })];
    expect(timesOf(...fleet)).toEqual({ download: 4 });
  });

  it('are not known of runs of which one was given up', () => {
    const givenUp = aRecord({ randomSeed: 2, fleet: aFleet([8, null]), unfinishedAfterS: 60 });
    expect(meanPhaseTimes([aRecord(), givenUp])).toEqual(new Map());
  });

  it('come in the order of phases', () => {
    const machine = aMachine({ doneS: 9, phases: { verify: [3, 4], boot: [0, 1], download: [1, 3] } });
    expect([...meanPhaseTimes([aRecord({ fleet: [machine] })]).keys()]).toEqual([
      'boot',
      'download',
      'verify',
      'waiting',
    ]);
  });

  it('are none for a formula', () => {
    expect(meanPhaseTimes([aFormulaRecord()]).size).toBe(0);
  });
});
