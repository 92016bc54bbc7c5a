import type { TopLevelSpec } from 'vega-lite';

/** The charts of a report, in the order of the report; the name is also the file name. */
export const CHART_NAMES = ['makespan', 'completion', 'server-copies', 'phases', 'pieces'] as const;
export type ChartName = (typeof CHART_NAMES)[number];

/** A chart as data: what to draw, and what to write below it. */
export interface Chart {
  readonly name: ChartName;
  readonly title: string;
  /** Sentences that say what the marks mean. */
  readonly caption: string;
  /** Vega-Lite 6, data inline. */
  readonly spec: TopLevelSpec;
  /** For a chart that can be played: when its marks appear, in their order, as shares of the whole. */
  readonly appearances?: readonly number[];
}
