import { INK } from './chart-style.ts';
import { labelsWhere, type Series, seriesChannels } from './series.ts';
import { textWidthPx } from './text-width.ts';

const ROW_PX = 19;
const SYMBOL_PX = 30;
const GAP_PX = 6;
const FONT_SIZE_PX = 12;
const COLUMN_GAP_PX = 10;

/** Where an entry of the legend stands [px]. */
export interface LegendEntry {
  readonly series: string;
  readonly x: number;
  readonly xEnd: number;
  readonly xMiddle: number;
  readonly xText: number;
  readonly y: number;
}

/** A column per group, as many beside each other as the width holds; the rest below. */
export function legendEntries(series: readonly Series[], widthPx: number): LegendEntry[] {
  const longestPx = Math.max(...series.map((one) => textWidthPx(one.label, FONT_SIZE_PX)));
  const columnPx = SYMBOL_PX + GAP_PX + longestPx + COLUMN_GAP_PX;
  const perBand = Math.max(1, Math.floor((widthPx + COLUMN_GAP_PX) / columnPx));
  const groups = [...Map.groupBy(series, (one) => one.group).values()];
  const bandTop = (band: number) =>
    Array.from({ length: band }, (_, above) => bandRows(groups, above, perBand)).reduce(
      (sum, rows) => sum + rows,
      0,
    );
  return groups.flatMap((group, index) => {
    const x = (index % perBand) * columnPx;
    const top = bandTop(Math.floor(index / perBand));
    return group.map((one, row) => entryAt(one, x, (top + row + 0.5) * ROW_PX));
  });
}

function bandRows(groups: readonly (readonly Series[])[], band: number, perBand: number): number {
  return Math.max(...groups.slice(band * perBand, (band + 1) * perBand).map((group) => group.length));
}

function entryAt({ label }: Series, x: number, y: number): LegendEntry {
  return {
    series: label,
    x,
    xEnd: x + SYMBOL_PX,
    xMiddle: x + SYMBOL_PX / 2,
    xText: x + SYMBOL_PX + GAP_PX,
    y,
  };
}

/**
 * A legend drawn as a small chart: it shows line and point of a series together, which Vega's own cannot.
 * @param widthPx of the chart above it
 */
export function seriesLegend(series: readonly Series[], widthPx: number) {
  const entries = legendEntries(series, widthPx);
  const { color, strokeDash, shape, fill } = seriesChannels(series, 'white');
  const at = (field: keyof LegendEntry) => ({
    field,
    type: 'quantitative' as const,
    scale: null,
    axis: null,
  });
  const only = (passes: (one: Series) => boolean) => [
    { filter: { field: 'series', oneOf: labelsWhere(series, passes) } },
  ];
  return {
    data: { values: entries },
    width: widthPx,
    height: Math.max(...entries.map((entry) => entry.y)) + ROW_PX / 2,
    encoding: { y: at('y') },
    layer: [
      {
        transform: only((one) => one.hasLine),
        mark: { type: 'rule' as const, strokeWidth: 2 },
        encoding: { x: at('x'), x2: { field: 'xEnd' }, color, strokeDash },
      },
      {
        transform: only((one) => one.hasPoints),
        mark: { type: 'point' as const, opacity: 1, size: 60, strokeWidth: 1.75 },
        encoding: { x: at('xMiddle'), color, fill, shape },
      },
      {
        mark: {
          type: 'text' as const,
          align: 'left' as const,
          baseline: 'middle' as const,
          fontSize: FONT_SIZE_PX,
          color: INK,
        },
        encoding: { x: at('xText'), text: { field: 'series', type: 'nominal' as const } },
      },
    ],
  };
}
