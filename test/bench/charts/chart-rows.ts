import type { Chart } from '../../../src/bench/charts/chart.ts';

/** One row of a chart's inline data. */
export type Row = Readonly<Record<string, string | number>>;

/** One panel of a chart as its specification has it. */
export interface PanelView {
  readonly name: string | undefined;
  readonly rows: readonly Row[];
  /** Axis titles and scale types by channel, of the layer with the points. */
  readonly x: { readonly title: string; readonly scale: { readonly type?: string } };
  readonly y: { readonly title: string; readonly scale: { readonly type?: string } };
}

/** The panels of a chart of series: what stands above the legend. */
export function panelsOf(chart: Chart | undefined): PanelView[] {
  const [body] = (chart!.spec as unknown as { vconcat: [Unit & { concat?: Unit[] }] }).vconcat;
  return (body.concat ?? [body]).map((unit) => ({
    name: unit.title?.text,
    rows: unit.data.values,
    x: unit.layer.at(-1)!.encoding.x,
    y: unit.layer[0]!.encoding.y,
  }));
}

/** The labels in the legend of a chart of series. */
export function legendOf(chart: Chart | undefined): string[] {
  const parts = (chart!.spec as unknown as { vconcat: Unit[] }).vconcat;
  return parts.at(-1)!.data.values.map((row) => String(row.series));
}

interface Unit {
  readonly title?: { readonly text: string };
  readonly data: { readonly values: Row[] };
  readonly layer: readonly {
    readonly encoding: { readonly x: PanelView['x']; readonly y: PanelView['y'] };
  }[];
}
