import { describe, expect, it } from 'vitest';
import type { MachineResult, RunRecord } from '../../../src/bench/record/run-record.ts';
import {
  cellOf,
  figureOf,
  groupTransferS,
  onceSeederLeft,
  quotient,
  timesAsFast,
  timesBound,
  verifiedShare,
} from '../../../src/bench/swarm-bench/figure.ts';
import { aFleet, aMachine, aRecord } from '../a-record.ts';

const known = (value: number, isAtLeast = false) => ({ kind: 'known', value, isAtLeast });
const UNFINISHED = { kind: 'unfinished' };
const MISSING = { kind: 'missing' };

/** A run whose transfers end at these times after the barrier [s]; the bound is 4 s. */
function aRunOf(transfersS: readonly (number | null)[], overrides: Partial<RunRecord> = {}): RunRecord {
  const fleet = aFleet(transfersS.map((endS) => (endS === null ? null : endS + 2)));
  return aRecord({ source: 'netns', fleet, barrierS: 1, ...overrides });
}

/** The cell of P2P with two machines. */
const cell = (...runs: RunRecord[]) => cellOf(runs, { transport: 'p2p', machines: 2 });

describe('a figure', () => {
  it('is the median over the runs of its cell', () => {
    const detail = cell(aRunOf([4, 5]), aRunOf([4, 9]), aRunOf([6, 6]));
    expect(timesBound(detail)).toEqual(known(6 / 4));
  });

  it('is missing where there are no runs, or the number is not known', () => {
    expect(timesBound(cell(aRunOf([4, 5], { variant: 'other' })))).toEqual(MISSING);
    expect(figureOf(cell(aRunOf([4, 5])), ({ cell: { machinesCpuS } }) => machinesCpuS)).toEqual(MISSING);
  });

  it('is unfinished where a machine of any run did not finish', () => {
    expect(timesBound(cell(aRunOf([4, 5]), aRunOf([4, null])))).toEqual(UNFINISHED);
  });
});

describe('how many times as fast one is', () => {
  const other = (...runs: RunRecord[]) => cellOf(runs, { transport: 'aria2', machines: 2 });
  const aria2 = (transfersS: readonly (number | null)[], overrides: Partial<RunRecord> = {}) =>
    aRunOf(transfersS, { transport: 'aria2', ...overrides });

  it('is the quotient of the medians', () => {
    expect(timesAsFast(cell(aRunOf([4, 5])), other(aria2([9, 10])))).toEqual(known(2));
  });

  it('is at least what the other had when it was ended', () => {
    const ended = aria2([9, null], { unfinishedAfterS: 40 });
    expect(timesAsFast(cell(aRunOf([4, 5])), other(ended))).toEqual(known(8, true));
  });

  it('is what it is where only the slowest of several runs was ended, and at least that where it was the middle one', () => {
    const [quick, slow] = [aria2([9, 10]), aria2([14, 15])];
    const ended = (randomSeed: number) => aria2([9, null], { randomSeed, unfinishedAfterS: 40 });
    expect(timesAsFast(cell(aRunOf([4, 5])), other(quick, slow, ended(3)))).toEqual(known(3));
    expect(timesAsFast(cell(aRunOf([4, 5])), other(quick, ended(2), ended(3)))).toEqual(known(8, true));
    expect(timesAsFast(cell(aRunOf([4, 5])), other(quick, ended(2)))).toEqual(known(5, true));
  });

  it('is nothing where the one did not finish, or the other is missing', () => {
    expect(timesAsFast(cell(aRunOf([4, null])), other(aria2([9, 10])))).toEqual(UNFINISHED);
    expect(timesAsFast(cell(aRunOf([4, 5])), undefined)).toEqual(MISSING);
    expect(quotient(known(6) as never, MISSING as never)).toEqual(MISSING);
  });
});

describe('a group of machines', () => {
  const early = new Set(['m001', 'm002']);
  const cellOfThree = (...runs: RunRecord[]) => cellOf(runs, { transport: 'p2p', machines: 3 });

  it('is done with its last member, whatever the others do', () => {
    const detail = cellOfThree(aRunOf([4, 5, null]), aRunOf([7, 4, 99]), aRunOf([6, 6, 6]));
    expect(groupTransferS(detail, early)).toEqual(known(6));
  });

  it('is unfinished where a member is, in any run', () => {
    expect(groupTransferS(cellOfThree(aRunOf([4, null, 5])), early)).toEqual(UNFINISHED);
    const unverified: MachineResult = aMachine({ machine: 'm002', isVerified: false });
    const fleet = [aMachine(), unverified, aMachine({ machine: 'm003' })];
    expect(groupTransferS(cellOfThree(aRecord({ fleet })), early)).toEqual(UNFINISHED);
  });

  it('has the share of verified members of its worst run', () => {
    const detail = cellOfThree(aRunOf([4, 5, 6]), aRunOf([4, null, 6]));
    expect(verifiedShare(detail, early)).toEqual(known(0.5));
    expect(verifiedShare(detail, new Set(['m001', 'm009']))).toEqual(known(0.5));
  });
});

describe('a figure of a swarm without its seeder', () => {
  const sent = (...copies: number[]) =>
    cell(...copies.map((count) => aRunOf([4, 5], { serverUploadedBytes: count * aRecord().wireBytes })));

  it('is one where the seeder has left in every run', () => {
    expect(onceSeederLeft(sent(1.1, 1.2), 1.1, known(1) as never)).toEqual(known(1));
    expect(onceSeederLeft(sent(1.2, 1.07), 1.1, known(1) as never)).toEqual(MISSING);
    expect(onceSeederLeft(undefined, 1.1, known(1) as never)).toEqual(MISSING);
  });
});
