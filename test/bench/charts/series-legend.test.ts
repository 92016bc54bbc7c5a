import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../src/bench/charts/series.ts';
import { legendEntries } from '../../../src/bench/charts/series-legend.ts';
import { EXECUTORS, TRANSPORTS } from '../../../src/bench/record/run-record.ts';

const series = TRANSPORTS.flatMap((transport) =>
  EXECUTORS.map((executor) => seriesOf({ transport, executor })),
);

describe('the legend of series', () => {
  it('has a column per transport and wraps columns that do not fit', () => {
    const entries = legendEntries(series, 960);
    const places = TRANSPORTS.map((_, index) => entries[index * EXECUTORS.length]!);
    expect(new Set(places.slice(0, 2).map((place) => place.y)).size).toBe(1);
    expect(places[2]!.x).toBe(0);
    expect(places[2]!.y).toBeGreaterThan(places[0]!.y);
  });

  it('lets no two entries stand in one place', () => {
    const places = legendEntries(series, 520).map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(series.length);
  });

  it('keeps to one column where the width holds no more', () => {
    expect(new Set(legendEntries(series, 10).map((entry) => entry.x))).toEqual(new Set([0]));
  });
});

describe('the looks of series', () => {
  it('give a transport one colour and an executor one dash and shape', () => {
    for (const transport of TRANSPORTS) {
      const own = EXECUTORS.map((executor) => seriesOf({ transport, executor }));
      expect(new Set(own.map((one) => one.colour)).size).toBe(1);
      expect(new Set(own.map((one) => `${one.dash}`)).size).toBe(EXECUTORS.length);
      expect(new Set(own.map((one) => one.shape)).size).toBe(EXECUTORS.length);
    }
  });

  it('tell transports apart', () => {
    const colours = TRANSPORTS.map((transport) => seriesOf({ transport, executor: 'sim' }).colour);
    expect(new Set(colours).size).toBe(TRANSPORTS.length);
  });

  it('leave published cells without a line', () => {
    expect(seriesOf({ transport: 'p2p', executor: 'published' })).toMatchObject({
      hasLine: false,
      hasPoints: true,
    });
  });
});
