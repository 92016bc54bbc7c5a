import { describe, expect, it } from 'vitest';
import type { Chart } from '../../../src/bench/charts/chart.ts';
import { barPanels, barScale, barsOf } from '../../../src/bench/charts/phase-bars.ts';
import { phaseChart } from '../../../src/bench/charts/phase-chart.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aFleet, aFormulaRecord, aRecord } from '../a-record.ts';

function panelsOf(...records: RunRecord[]) {
  const bars = barsOf(cellDetails(records));
  return barPanels(bars, barScale(bars));
}

describe('the bars of phases', () => {
  it('are as long as the phases of a machine, one after the other', () => {
    expect(panelsOf(aRecord({ fleet: aFleet([10]) }))).toEqual([
      {
        name: 'P2P, simulated',
        rows: [
          { bar: '1 machine', phase: 'boot', order: 0, length: 1 },
          { bar: '1 machine', phase: 'download', order: 1, length: 8 },
          { bar: '1 machine', phase: 'verify', order: 2, length: 1 },
        ],
        totals: [{ bar: '1 machine', end: 10, total: '10.0 s' }],
      },
    ]);
  });

  it('stand together by machine count, so that transports can be compared', () => {
    const panels = panelsOf(
      aRecord({ machines: 1 }),
      aRecord({ machines: 4 }),
      aRecord({ machines: 1, transport: 'unicast' }),
      aRecord({ machines: 4, transport: 'unicast' }),
    );
    expect(panels.map(({ name, totals }) => [name, totals.length])).toEqual([
      ['1 machine', 2],
      ['4 machines', 2],
    ]);
  });

  it('stand together by variant where there is nothing else to compare than machine counts', () => {
    const panels = panelsOf(
      aRecord({ machines: 1, variant: 'slow' }),
      aRecord({ machines: 4, variant: 'slow' }),
      aRecord({ machines: 1, variant: 'fast' }),
      aRecord({ machines: 4, variant: 'fast' }),
    );
    expect(panels.map(({ name, totals }) => [name, totals.map(({ bar }) => bar)])).toEqual([
      ['slow (P2P, simulated)', ['1 machine', '4 machines']],
      ['fast (P2P, simulated)', ['1 machine', '4 machines']],
    ]);
  });

  it('become shares of their own time where they differ more than twelvefold', () => {
    const panels = panelsOf(
      aRecord({ machines: 1, fleet: aFleet([10]) }),
      aRecord({ machines: 2, fleet: aFleet([1000]) }),
    );
    expect(panels.flatMap(({ totals }) => totals.map(({ end }) => end))).toEqual([100, 100]);
    expect(panels[0]!.rows[1]).toMatchObject({ phase: 'download', length: 80 });
  });
});

/** How many bars a chart draws, by the totals at their ends. */
function barsIn({ spec }: Chart): number {
  const { vconcat } = spec as unknown as { vconcat: { layer: { data: { values: object[] } }[] }[] };
  return vconcat.reduce((sum, { layer }) => sum + layer[1]!.data.values.length, 0);
}

describe('the chart of phases', () => {
  it('is left out where no run has phases', () => {
    expect(phaseChart(cellDetails([aFormulaRecord()]))).toBeUndefined();
  });

  it('draws the largest machine count alone where there are too many bars, and says so', () => {
    const counts = Array.from({ length: 40 }, (_, index) => index + 1);
    const many = phaseChart(cellDetails(counts.map((machines) => aRecord({ machines }))))!;
    const few = phaseChart(cellDetails(counts.slice(0, 3).map((machines) => aRecord({ machines }))))!;
    expect(barsIn(many)).toBe(1);
    expect(barsIn(few)).toBe(3);
    expect(many.caption).toContain('Only the largest number of machines');
    expect(few.caption).not.toContain('Only the largest number of machines');
  });

  it('says that others are drawn there, too', () => {
    const counts = Array.from({ length: 40 }, (_, index) => index + 1);
    const records = counts.map((machines) => aRecord({ machines }));
    const captionOf = (...others: RunRecord[]) => phaseChart(cellDetails([...records, ...others]))!.caption;
    expect(captionOf(aRecord({ source: 'netns', machines: 4 }))).toContain('the same number of the others');
    expect(captionOf()).not.toContain('the same number of the others');
  });
});
