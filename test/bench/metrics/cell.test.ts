import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellDetails, median } from '../../../src/bench/metrics/cell.ts';
import { aFleet, aFormulaRecord, aMachine, aPublishedRecord, aRecord } from '../a-record.ts';

const cellsOf = (...records: Parameters<typeof cellDetails>[0]) =>
  cellDetails(records).map(({ cell }) => cell);

describe('a cell', () => {
  it('has exactly the fields that --json prints', () => {
    expect(cellsOf(aRecord())).toEqual([
      {
        executor: 'sim',
        transport: 'p2p',
        variant: '',
        machines: 2,
        runs: 1,
        timedRuns: 1,
        makespanS: { min: 10, median: 10, max: 10 },
        makespanIntervalS: null,
        transferS: { min: 8, median: 8, max: 8 },
        meanLatencyS: 9,
        lowerBoundS: 4,
        pieceBoundS: 5,
        boundRatio: { min: 2, median: 2, max: 2 },
        serverCopies: 1.5,
        otherSeederCopies: null,
        serverLinkCopies: null,
        wanCopies: null,
        machinesCpuS: null,
        serverCpuS: null,
        peakMemoryBytes: null,
        serverPeakMemoryBytes: null,
        busyShare: null,
        unfinishedAfterS: null,
        unfinishedRuns: 0,
        verifiedMachines: 2,
        failedMachines: 0,
        foundShare: 0,
      },
    ]);
  });

  it('spreads the makespan over its runs', () => {
    const runs = [10, 30, 20, 25].map((doneS, seed) =>
      aRecord({ fleet: aFleet([doneS, 5]), randomSeed: seed }),
    );
    expect(cellsOf(...runs)[0]!.makespanS).toEqual({ min: 10, median: 22.5, max: 30 });
  });

  it('counts the verified machines of the run with the fewest and the failed ones of the run with the most', () => {
    const runs = [
      aRecord({ fleet: aFleet([8, 9, 10]), randomSeed: 1 }),
      aRecord({ fleet: aFleet([null, 9, null]), randomSeed: 2 }),
    ];
    expect(cellsOf(...runs)[0]).toMatchObject({ runs: 2, verifiedMachines: 1, failedMachines: 2 });
  });

  it('has bounds that no run of it was under: machines that got nothing do not count', () => {
    const runs = [
      [8, 5],
      [4, null],
      [6, 5],
    ].map(([lowerBoundS, pieceBoundS], seed) =>
      aRecord({
        bounds: { lowerBoundS: lowerBoundS!, pieceBoundS: pieceBoundS!, copyS: 4 },
        randomSeed: seed,
      }),
    );
    expect(cellsOf(...runs)[0]).toMatchObject({ lowerBoundS: 4, pieceBoundS: null });
    expect(cellsOf(runs[0]!, runs[2]!)[0]).toMatchObject({ lowerBoundS: 6, pieceBoundS: 5 });
  });

  it('holds each run against its own bound, since other machines may have finished in it', () => {
    const runs = [
      [9, 2],
      [9, 8],
      [6, 4],
    ].map(([doneS, lowerBoundS], randomSeed) =>
      aRecord({
        fleet: aFleet([doneS!]),
        bounds: { lowerBoundS: lowerBoundS!, pieceBoundS: null, copyS: 4 },
        randomSeed,
      }),
    );
    // Transfers of 7, 7 and 4 s.
    expect(cellsOf(...runs)[0]!.boundRatio).toEqual({ min: 0.875, median: 1, max: 3.5 });
    const unbounded = aRecord({ bounds: { lowerBoundS: 0, pieceBoundS: null, copyS: 0 } });
    expect(cellsOf(unbounded)[0]!.boundRatio).toBeNull();
    expect(cellsOf(aPublishedRecord())[0]!.boundRatio).toBeNull();
    expect(
      cellsOf(...runs, aRecord({ fleet: aFleet([9]), unfinishedAfterS: 99, randomSeed: 9 }))[0]!.boundRatio,
    ).toBeNull();
  });

  it('takes its times from the runs in which machines finished', () => {
    const runs = [
      aRecord({ fleet: aFleet([null]), randomSeed: 1 }),
      aRecord({ fleet: aFleet([7]), randomSeed: 2 }),
    ];
    expect(cellsOf(...runs)[0]).toMatchObject({
      runs: 2,
      timedRuns: 1,
      makespanS: { min: 7, median: 7, max: 7 },
    });
  });

  it('has no times where no machine of any run finished', () => {
    expect(cellsOf(aRecord({ fleet: aFleet([null]) }))[0]).toMatchObject({
      makespanS: null,
      transferS: null,
      meanLatencyS: null,
    });
  });

  it('takes the median of what was used, but the busiest of its runs', () => {
    const runs = [1, 9, 2].map((cpuS, index) =>
      aRecord({ serverCpuS: cpuS, busyShare: cpuS / 10, randomSeed: index }),
    );
    expect(cellsOf(...runs)[0]).toMatchObject({ serverCpuS: 2, busyShare: 0.9 });
  });

  it('counts what came into sites beside that of the server: of the one into which most came', () => {
    const came = (...copies: number[]) => copies.map((count) => ({ upBytes: 0, downBytes: count * 1e6 }));
    const runs = [came(9, 1, 2), came(9, 4, 1), came(9, 3, 3)].map((siteLinks, randomSeed) =>
      aRecord({ randomSeed, siteLinks, wireBytes: 1e6 }),
    );
    expect(cellsOf(...runs)[0]!.wanCopies).toBe(3);
    expect(cellsOf(aRecord({ siteLinks: came(9) }))[0]!.wanCopies).toBeNull();
  });

  it('tells that a run was ended before it had finished', () => {
    const runs = [aRecord({ randomSeed: 1 }), aRecord({ randomSeed: 2, unfinishedAfterS: 172 })];
    expect(cellsOf(...runs)[0]).toMatchObject({ runs: 2, unfinishedAfterS: 172, unfinishedRuns: 1 });
  });

  it('rounds seconds to 1e-9', () => {
    const [cell] = cellsOf(aRecord({ fleet: [aMachine({ doneS: 0.1 + 0.2 })] }));
    expect(cell!.makespanS!.median).toBe(0.3);
  });

  it('of a publication has no bound', () => {
    expect(cellsOf(aPublishedRecord())[0]).toMatchObject({
      executor: 'published',
      lowerBoundS: null,
      pieceBoundS: null,
    });
  });

  it('gives the interval of the mean beside the cell from three runs on', () => {
    const runs = [1, 2, 3].map((doneS) => aRecord({ fleet: aFleet([doneS + 9]), randomSeed: doneS }));
    expect(cellDetails(runs)[0]!.makespanMean).toMatchObject({ mean: 11, runs: 3 });
    expect(cellDetails(runs.slice(1))[0]!.makespanMean).toBeNull();
  });
});

describe('cells', () => {
  it('stand in the order of variants as they appear, then transports, machine counts and sources', () => {
    const records = [
      aRecord({ variant: 'zulu', transport: 'chain' }),
      aRecord({ variant: 'alpha', machines: 8 }),
      aRecord({ variant: 'alpha', machines: 4 }),
      aFormulaRecord({ variant: 'alpha', machines: 8 }),
      aRecord({ variant: 'zulu', transport: 'p2p' }),
    ];
    const order = cellsOf(...records).map(
      (cell) => `${cell.variant} ${cell.transport} ${cell.machines} ${cell.executor}`,
    );
    expect(order).toEqual([
      'zulu p2p 2 sim',
      'zulu chain 2 sim',
      'alpha p2p 4 sim',
      'alpha p2p 8 theory',
      'alpha p2p 8 sim',
    ]);
  });
});

describe('the median', () => {
  it('lies between the middle values, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
        const below = values.filter((value) => value < median(values)!).length;
        const above = values.filter((value) => value > median(values)!).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(median(values.toReversed())).toBe(median(values));
      }),
    );
  });

  it('of nothing is null', () => {
    expect(median([])).toBeNull();
  });
});
