import { describe, expect, it } from 'vitest';
import { chartImages } from '../../../src/bench/charts/chart-image.ts';
import { piecesChart } from '../../../src/bench/charts/pieces-chart.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { playableDrawing } from '../../../src/bench/report/playable-drawing.ts';
import { aMachine, aRecord } from '../a-record.ts';

const chartOf = (pieceTimesS: readonly (readonly (number | null)[])[]) =>
  piecesChart(
    cellDetails([
      aRecord({
        barrierS: 2,
        machines: pieceTimesS.length,
        fleet: pieceTimesS.map((times, index) =>
          aMachine({ machine: `m00${index + 1}`, pieceTimesS: times }),
        ),
      }),
    ]),
  );

describe('the chart of pieces', () => {
  it('is drawn only where it is known when pieces came', () => {
    expect(piecesChart(cellDetails([aRecord()]))).toBeUndefined();
  });

  it('is not drawn of a run of one piece, and names only as many machines as there is room for', () => {
    expect(chartOf([[4], [6]])).toBeUndefined();
    const { encoding } = chartOf([[4, 3]])!.spec as { encoding: { y: object } };
    expect(encoding.y).toMatchObject({ axis: { labelOverlap: true } });
  });

  it('has a mark for every piece that came, in the order of time, and tells when each appears', () => {
    const chart = chartOf([
      [4, 3],
      [6, null],
    ])!;
    const { values } = (chart.spec as { data: { values: object[] } }).data;
    expect(values).toEqual([
      { machine: 'm001', from: 1, to: 2, time: 1 },
      { machine: 'm001', from: 0, to: 1, time: 2 },
      { machine: 'm002', from: 0, to: 1, time: 4 },
    ]);
    expect(chart.appearances).toEqual([0.25, 0.5, 1]);
  });

  it('can be played: each of its marks is told its time', async () => {
    const chart = chartOf([
      [4, 3],
      [6, null],
    ])!;
    const { svg } = await chartImages(chart);
    const delays = [...playableDrawing(svg, chart.appearances!).matchAll(/animation-delay:([\d.]+)s/g)];
    expect(delays.map(([, delay]) => Number(delay))).toEqual([3, 6, 12]);
    expect(() => playableDrawing(svg, [0, 1])).toThrow('the drawing has 3 marks, and 2 were to appear');
  });
});
