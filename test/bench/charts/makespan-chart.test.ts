import { describe, expect, it } from 'vitest';
import { makespanChart } from '../../../src/bench/charts/makespan-chart.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';
import { legendOf, panelsOf } from './chart-rows.ts';

const chartOf = (...records: RunRecord[]) => makespanChart(cellDetails(records));
const aRun = (machines: number, doneS: number, overrides: Partial<RunRecord> = {}) =>
  aRecord({ machines, fleet: aFleet([doneS]), ...overrides });

describe('the makespan chart', () => {
  it('is left out where no run has a makespan', () => {
    expect(chartOf(aRecord({ fleet: aFleet([null]) }))).toBeUndefined();
    expect(chartOf()).toBeUndefined();
  });

  it('draws the median over machines in one line per transport and executor', () => {
    const [panel] = panelsOf(chartOf(aRun(1, 10), aRun(4, 16), aRun(4, 30, { transport: 'unicast' })));
    expect(panel!.rows.filter((row) => row.series === 'P2P, simulated')).toEqual([
      { series: 'P2P, simulated', machines: 1, value: 10 },
      { series: 'P2P, simulated', machines: 4, value: 16 },
    ]);
    expect(panel!.rows).toContainEqual({ series: 'unicast, simulated', machines: 4, value: 30 });
  });

  it('draws a point for each of several publications', () => {
    const formula = aPublishedRecord().formula!;
    const records = [12, 9].map((makespanS) =>
      aPublishedRecord({ formula: { ...formula, makespanS }, citation: `of ${makespanS} s` }),
    );
    const [panel] = panelsOf(chartOf(...records));
    expect(panel!.rows.map(({ value }) => value)).toEqual([12, 9]);
  });

  it('sets points of one machine count side by side, a place for each series', () => {
    const [one] = panelsOf(chartOf(aRun(4, 10), aRun(4, 10, { transport: 'chain' })));
    expect(one!.x).toMatchObject({
      field: 'series',
      title: '4 machines',
      scale: { domain: ['P2P, simulated', 'chain, simulated'] },
    });
    const [several] = panelsOf(chartOf(aRun(4, 10), aRun(8, 10)));
    expect(several!.x).toMatchObject({ field: 'machines' });
  });

  it('draws the model tau log2 n from the smallest to the largest count', () => {
    const [panel] = panelsOf(chartOf(aRun(2, 10), aRun(8, 16)));
    const model = panel!.rows.filter((row) => row.series === 'model τ log₂ n');
    expect(model[0]).toMatchObject({ machines: 2, value: 4 });
    expect(model.at(-1)).toMatchObject({ machines: 8, value: 12 });
  });

  it('draws the lower bound at every count', () => {
    const [panel] = panelsOf(chartOf(aRun(2, 10), aRun(8, 16)));
    expect(panel!.rows.filter((row) => row.series === 'lower bound')).toEqual([
      { series: 'lower bound', machines: 2, value: 4 },
      { series: 'lower bound', machines: 8, value: 4 },
    ]);
  });

  it('draws a bound of its own for multicast only where it differs', () => {
    const bounds = { lowerBoundS: 3, pieceBoundS: null, copyS: 4 };
    const same = chartOf(aRun(2, 10), aRun(2, 9, { transport: 'multicast' }));
    const lower = chartOf(aRun(2, 10), aRun(2, 9, { transport: 'multicast', bounds }));
    expect(legendOf(same)).not.toContain('multicast bound');
    expect(legendOf(lower)).toContain('multicast bound');
  });

  it('names in its legend what it draws and nothing else', () => {
    expect(legendOf(chartOf(aRun(2, 10), aFormulaRecord({ machines: 4 })))).toEqual([
      'P2P, simulated',
      'P2P, theory',
      'lower bound',
      'model τ log₂ n',
    ]);
    expect(legendOf(chartOf(aPublishedRecord()))).toEqual(['P2P, published']);
  });

  it('draws the interval of the mean from three runs on', () => {
    const runs = [9, 10, 11].map((doneS) => aRun(2, doneS, { randomSeed: doneS }));
    const rowOf = (records: RunRecord[]) =>
      panelsOf(chartOf(...records))[0]!.rows.find((row) => row.series === 'P2P, simulated')!;
    expect(rowOf(runs).high).toBeCloseTo(10 + 4.302653 / Math.sqrt(3), 5);
    expect(rowOf(runs.slice(1)).high).toBeUndefined();
  });

  it('uses one unit for the whole chart and says which', () => {
    const [panel] = panelsOf(chartOf(aRun(1, 110 * 60), aRun(20, 533 * 60)));
    expect(panel!.y.title).toBe('makespan [min]');
    expect(panel!.rows).toContainEqual({ series: 'P2P, simulated', machines: 20, value: 533 });
  });

  it('has a logarithmic axis where makespans differ more than tenfold', () => {
    const [linear] = panelsOf(chartOf(aRun(1, 10), aRun(64, 100)));
    const [log] = panelsOf(chartOf(aRun(1, 10), aRun(64, 150)));
    expect([linear!.y.scale.type, log!.y.scale.type]).toEqual(['linear', 'log']);
    expect(log!.y.title).toContain('log scale');
  });

  it('leaves the start of the model, which is zero, out of a logarithmic axis', () => {
    const [panel] = panelsOf(chartOf(aRun(1, 10), aRun(64, 1000)));
    expect(panel!.rows.every((row) => Number(row.value) > 0)).toBe(true);
    expect(panel!.rows.some((row) => row.series === 'model τ log₂ n')).toBe(true);
  });

  it('leaves a bound of zero, as of unlimited links, out of a logarithmic axis', () => {
    const bounds = { lowerBoundS: 0, pieceBoundS: null, copyS: 0 };
    const [panel] = panelsOf(chartOf(aRun(1, 10, { bounds }), aRun(64, 1000, { bounds })));
    expect(panel!.rows.map((row) => row.series)).toEqual(['P2P, simulated', 'P2P, simulated']);
  });

  it('explains the lines that it draws and no others', () => {
    const [ofBound, ofMulticast, ofModel] = [
      'The lower bound is',
      'The multicast bound is',
      'The dash-dotted line',
    ];
    const bounds = { lowerBoundS: 3, pieceBoundS: null, copyS: 4 };
    const all = chartOf(aRun(2, 10), aRun(8, 9, { transport: 'multicast', bounds }))!.caption;
    for (const words of [ofBound, ofMulticast, ofModel]) expect(all).toContain(words);
    // Each variant has one machine count, so that there is no line from one to another.
    const single = chartOf(aRun(2, 10), aRun(8, 9, { variant: 'large' }))!.caption;
    expect(single).toContain(ofBound);
    expect(single).not.toContain(ofModel);
    expect(single).not.toContain(ofMulticast);
    const onlyMulticast = chartOf(aRun(2, 10, { transport: 'multicast' }))!.caption;
    expect(onlyMulticast).toContain(ofMulticast);
    expect(onlyMulticast).not.toContain(ofBound);
    const unbounded = { lowerBoundS: 0, pieceBoundS: null, copyS: 0 };
    const noLines = chartOf(
      aRun(1, 10, { bounds: unbounded }),
      aRun(64, 1000, { bounds: unbounded }),
    )!.caption;
    for (const words of [ofBound, ofMulticast, ofModel]) expect(noLines).not.toContain(words);
  });

  it('has a panel for each variant', () => {
    const panels = panelsOf(chartOf(aRun(2, 10), aRun(2, 12, { variant: 'lossy' })));
    expect(panels.map((panel) => panel.name)).toEqual(['plain', 'lossy']);
    expect(panels[1]!.rows).toContainEqual({ series: 'P2P, simulated', machines: 2, value: 12 });
  });
});
