import { describe, expect, it } from 'vitest';
import { completionChart } from '../../../src/bench/charts/completion-chart.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aFleet, aFormulaRecord, aRecord } from '../a-record.ts';
import { panelsOf } from './chart-rows.ts';

const chartOf = (...records: RunRecord[]) => completionChart(cellDetails(records));

describe('the completion chart', () => {
  it('is left out where no machine finished', () => {
    expect(chartOf(aFormulaRecord(), aRecord({ fleet: aFleet([null]) }))).toBeUndefined();
  });

  it('steps from nothing done to all done', () => {
    expect(panelsOf(chartOf(aRecord({ fleet: aFleet([8, 10]) })))[0]!.rows).toEqual([
      { series: 'P2P, simulated', time: 0, share: 0 },
      { series: 'P2P, simulated', time: 8, share: 0.5 },
      { series: 'P2P, simulated', time: 10, share: 1 },
    ]);
  });

  it('shows every executor at the largest count that it ran, and the others there too', () => {
    const chart = chartOf(
      aRecord({ machines: 4 }),
      aRecord({ machines: 8 }),
      aRecord({ machines: 1024 }),
      aRecord({ machines: 8, source: 'local' }),
    );
    const panels = panelsOf(chart);
    expect(panels.map((panel) => panel.name)).toEqual(['8 machines', '1024 machines']);
    expect(new Set(panels[0]!.rows.map((row) => row.series))).toEqual(
      new Set(['P2P, simulated', 'P2P, measured']),
    );
    expect(chart!.caption).toContain('and at that of each other one');
    expect(chartOf(aRecord({ machines: 4 }), aRecord({ machines: 8 }))!.caption).not.toContain('other one');
  });

  it('draws 200 points of a long curve, the last machine among them, and says so', () => {
    const fleet = aFleet(Array.from({ length: 1024 }, (_, index) => 100 + index / 100));
    const chart = chartOf(aRecord({ fleet }));
    const { rows } = panelsOf(chart)[0]!;
    expect(rows).toHaveLength(200);
    expect(rows.at(-1)).toMatchObject({ time: 110.23, share: 1 });
    expect(chart!.caption).toContain('200 points');
  });

  it('has a logarithmic time axis where transports differ more than tenfold, so that no curve is a wall at zero', () => {
    const quick = aRecord({ fleet: aFleet([8, 10]) });
    const [linear] = panelsOf(chartOf(quick, aRecord({ transport: 'unicast', fleet: aFleet([50, 90]) })));
    const [log] = panelsOf(chartOf(quick, aRecord({ transport: 'unicast', fleet: aFleet([50, 110]) })));
    expect([linear!.x.scale.type, log!.x.scale.type]).toEqual(['linear', 'log']);
    expect(log!.rows.every((row) => Number(row.time) > 0)).toBe(true);
  });

  it('says that a curve below 100 % has failed machines', () => {
    expect(chartOf(aRecord({ fleet: aFleet([8, null]) }))!.caption).toContain('machines that failed');
    expect(chartOf(aRecord())!.caption).not.toContain('machines that failed');
  });
});
