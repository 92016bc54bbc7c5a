import type { TopLevelSpec } from 'vega-lite';
import { CHART_CONFIG } from './chart-style.ts';
import type { Series } from './series.ts';
import { seriesLegend } from './series-legend.ts';

/** Size of one panel [px]. */
interface PanelSize {
  readonly width: number;
  readonly height: number;
}

const ALONE: PanelSize = { width: 520, height: 290 };
const BESIDE: PanelSize = { width: 222, height: 170 };
const PANEL_COLUMNS = 2;

/** One drawing of a chart: what is in it, and the marks that show it. */
export interface Panel {
  /** Stands above the panel where there are several. */
  readonly name: string;
  readonly rows: readonly object[];
  readonly layer: readonly object[];
}

/** What a chart of series is made of. */
export interface PanelChart {
  readonly title: string;
  readonly description: string;
  readonly series: readonly Series[];
  readonly panels: readonly Panel[];
}

/** Lays a chart out: one large panel, or small ones side by side, the legend of the series below. */
export function panelSpec({ title, description, series, panels }: PanelChart): TopLevelSpec {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    title,
    config: CHART_CONFIG,
    spacing: 16,
    // The legend fills open shapes, the panels do not.
    resolve: { scale: { fill: 'independent' } },
    vconcat: [
      panels.length === 1 ? drawing(panels[0]!, ALONE) : grid(panels),
      seriesLegend(series, ALONE.width),
    ],
  };
  return spec as unknown as TopLevelSpec;
}

function grid(panels: readonly Panel[]) {
  const titled = panels.map((panel) => ({
    title: { text: panel.name, fontSize: 12, offset: 8, frame: 'group' },
    ...drawing(panel, BESIDE),
  }));
  return { columns: PANEL_COLUMNS, spacing: { column: 22, row: 22 }, concat: titled };
}

function drawing({ rows, layer }: Panel, size: PanelSize) {
  return { ...size, data: { values: rows }, layer };
}
