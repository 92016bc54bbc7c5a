import { assert, boolean, constantFrom, double, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../src/sim/calibration/calibrate.ts';
import { CALIBRATED, type MeasuredCell } from '../../../src/sim/calibration/explanation.ts';

const MIN = 60;
/** Table 1 of Balaz and Adam (2016). */
const TABLE_1: readonly MeasuredCell[] = [
  { transport: 'p2p', machines: 1, makespanS: 134 * MIN },
  { transport: 'p2p', machines: 20, makespanS: 73 * MIN },
  { transport: 'unicast', machines: 1, makespanS: 110 * MIN },
  { transport: 'unicast', machines: 20, makespanS: 533 * MIN },
];

const paper = calibrate(TABLE_1, {
  tolerance: 0.05,
  beside: [
    { transport: 'p2p', machines: 2 },
    { transport: 'unicast', machines: 2 },
  ],
});

const explained = (name: string) => paper.explanations.find((explanation) => explanation.name === name)!;
const known = (unknown: string) => paper.unknowns.find((one) => one.unknown === unknown)!;

describe('the paper’s table', () => {
  it('is explained by a connection cap, by seeder slots and by a one-off cost, and neither by the link alone nor by what a machine takes in', () => {
    for (const name of ['connection cap', 'seeder slots', 'one-off cost'])
      expect(explained(name).error).toBeLessThan(1e-6);
    for (const name of ['link alone', 'machine limit']) {
      expect(explained(name).error).toBeGreaterThan(0.25);
      expect(explained(name).isWithin).toBe(false);
    }
  });

  it('tells the time of one copy to 9 %: 22.3 to 26.7 minutes', () => {
    const { low, high } = known('copy').nearest;
    expect(low / MIN).toBeCloseTo(423 / 19, 1);
    expect(high / MIN).toBeCloseTo(533 / 20, 1);
    expect((high - low) / (high + low)).toBeLessThan(0.095);
  });

  it('says next to nothing of the fixed part of unicast: 0 to 87.7 minutes', () => {
    const { low, high } = known('fixed unicast').nearest;
    expect(low).toBeCloseTo(0, 6);
    expect(high / MIN).toBeCloseTo(533 - (20 * 423) / 19, 0);
  });

  it('has the set of the design notes among its fits: 18 GB, 94 and 27 Mbit/s, 21.4 and 45.4 minutes', () => {
    const bytes = 18e9;
    const connection = bytes / (27e6 / 8);
    const set = { copy: bytes / (94e6 / 8), unicastConnection: connection, p2pConnection: connection };
    const fixed = { 'fixed unicast': 21.4 * MIN, 'fixed p2p': 45.4 * MIN };
    for (const [unknown, valueS] of Object.entries({ ...set, ...fixed })) {
      expect(valueS).toBeGreaterThanOrEqual(known(unknown).within.low);
      expect(valueS).toBeLessThanOrEqual(known(unknown).within.high);
    }
  });

  it('does not say how long two P2P machines take: 90 minutes by a cap, 73 by a one-off cost', () => {
    const [two] = paper.extrapolations.filter(({ transport }) => transport === 'p2p');
    const { 'connection cap': cap, 'one-off cost': oneOff } = two!.nearest;
    expect(cap!.low / MIN).toBeGreaterThan(85);
    expect(cap!.high / MIN).toBeLessThan(92);
    expect(oneOff!.low / MIN).toBeCloseTo(73, 0);
    expect(oneOff!.high / MIN).toBeCloseTo(73, 0);
    expect(two!.gap).toBeGreaterThan(0.15);
  });

  it('is met worse and worse the farther an unknown is from the sets that fit', () => {
    for (const { profile, within } of paper.unknowns) {
      const errors = profile.map(({ error }) => error);
      const inside = profile.filter(({ valueS }) => valueS >= within.low && valueS <= within.high);
      expect(Math.min(...errors)).toBeLessThan(0.05);
      expect(inside.length).toBeGreaterThan(0);
      expect(profile.at(-1)!.valueS).toBeGreaterThan(within.high);
      expect(errors.at(-1)).toBeGreaterThan(0.05);
    }
  });
});

/** What is behind a table that the test makes itself. */
const truths = record({
  copy: double({ min: 10, max: 1000, noNaN: true }),
  loss: double({ min: 0, max: 0.3, noNaN: true }),
  /** One copy at the rate that limits each connection, or each machine. */
  limit: double({ min: 0, max: 3000, noNaN: true }),
  fixed: double({ min: 0, max: 2000, noNaN: true }),
  write: double({ min: 0, max: 500, noNaN: true }),
  isOfMachines: boolean(),
});
const places = uniqueArray(
  record({ transport: constantFrom(...CALIBRATED), machines: constantFrom(1, 2, 3, 5, 8, 20, 100) }),
  { minLength: 1, maxLength: 8, selector: ({ transport, machines }) => `${transport} ${machines}` },
);

describe('a table made from known parameters', () => {
  it('is met exactly, and the ranges hold what it was made from', () => {
    assert(
      property(truths, places, ({ copy, loss, limit, fixed, write, isOfMachines }, cells) => {
        const timeOf = ({ transport, machines }: { transport: string; machines: number }): number => {
          if (transport === 'multicast') return fixed + Math.max(isOfMachines ? limit : 0, copy);
          if (transport === 'unicast') return fixed + Math.max(limit, machines * copy);
          const swarm = machines === 1 ? copy : (1 + loss) * copy;
          return fixed + write + Math.max(isOfMachines ? limit : limit / machines, swarm);
        };
        const table = cells.map((cell) => ({ ...cell, makespanS: timeOf(cell) }));
        const { error, unknowns, extrapolations } = calibrate(table, {
          tolerance: 0.01,
          beside: [...new Set(cells.map(({ transport }) => transport))].map((transport) => ({
            transport,
            machines: 4,
          })),
        });
        expect(error).toBeLessThan(1e-6);
        const truth: Readonly<Record<string, number>> = {
          copy,
          swarmCopy: (1 + loss) * copy,
          unicastConnection: isOfMachines ? 0 : limit,
          p2pConnection: isOfMachines ? 0 : limit,
          machineCopy: isOfMachines ? limit : 0,
          'fixed unicast': fixed,
          'fixed p2p': fixed + write,
          'fixed multicast': fixed,
        };
        for (const { unknown, nearest, within } of unknowns) {
          if (truth[unknown] === undefined) continue;
          for (const { low, high } of [nearest, within]) {
            expect(truth[unknown]).toBeGreaterThanOrEqual(low * (1 - 1e-6) - 1e-6);
            expect(truth[unknown]).toBeLessThanOrEqual(high * (1 + 1e-6) + 1e-6);
          }
        }
        for (const { transport, machines, within } of extrapolations) {
          expect(timeOf({ transport, machines })).toBeGreaterThanOrEqual(within.low * (1 - 1e-6));
          expect(timeOf({ transport, machines })).toBeLessThanOrEqual(within.high * (1 + 1e-6));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says nothing of the extra time of a run that is not in it', () => {
    const cells: readonly MeasuredCell[] = [{ transport: 'p2p', machines: 20, makespanS: 73 * MIN }];
    const { explanations, unknowns, extrapolations } = calibrate(cells, {
      tolerance: 0.05,
      beside: [1, 2].map((machines) => ({ transport: 'p2p', machines })),
    });
    expect(explanations.map(({ name }) => name)).not.toContain('one-off cost');
    expect(unknowns.map(({ unknown }) => unknown)).not.toContain('oneOff');
    const ranges = [...unknowns, ...extrapolations].map(({ within }) => within);
    for (const { low, high } of ranges) expect(low <= high && high < Infinity).toBe(true);
    for (const { profile } of unknowns)
      for (const { valueS } of profile) expect(valueS).toBeLessThan(Infinity);
  });

  it('is fitted by nothing where one cell was measured at 100, 200 and 300 minutes, and what is nearest is told', () => {
    const cells = [100, 200, 300].map((minutes): MeasuredCell => {
      return { transport: 'unicast', machines: 5, makespanS: minutes * MIN };
    });
    const { error, isWithin, explanations, unknowns } = calibrate(cells, { tolerance: 0.05, beside: [] });
    expect(error).toBeCloseTo(0.5, 6);
    expect(isWithin).toBe(false);
    for (const explanation of explanations) expect(explanation.isWithin).toBe(false);
    expect(unknowns.find(({ unknown }) => unknown === 'fixed unicast')!.within.high / MIN).toBeCloseTo(
      150,
      0,
    );
    expect(calibrate(cells, { tolerance: 0.5, beside: [] }).isWithin).toBe(true);
  });

  it('needs a cell', () => {
    expect(() => calibrate([], { tolerance: 0, beside: [] })).toThrow(RangeError);
  });
});
