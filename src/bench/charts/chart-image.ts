import { createRequire } from 'node:module';
import type { Chart } from './chart.ts';
import { BOLD_WIDTH, textWidthPx } from './text-width.ts';

/** A chart in its three forms. */
export interface ChartImages {
  /** Vega-Lite 6 as JSON text. */
  readonly spec: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

/** Twice the size in pixels stays sharp on a dense screen and on paper. */
const PNG_ZOOM = 2;

/** Where a mark gives no size. */
const VEGA_FONT_SIZE_PX = 11;

const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** Draws a chart. The same chart gives the same bytes, in any process and however often. */
export async function chartImages(chart: Chart): Promise<ChartImages> {
  const svg = await chartSvg(chart);
  return { spec: `${JSON.stringify(chart.spec, null, 1)}\n`, svg, png: await chartPng(svg) };
}

/** Vega is loaded when the first chart is drawn: a command that draws none starts without it. */
async function chartSvg({ name, spec }: Chart): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  measureTextBy(vega);
  const compiled = compile(spec, { logger: failingLogger(name) });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return withOwnIds(name, svg);
}

/** Vega takes a measure of the application's own where it finds one; the types do not know it. */
function measureTextBy(vega: object): void {
  const { textMetrics } = vega as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
  textMetrics.width = ({ fontSize = VEGA_FONT_SIZE_PX, fontWeight }, text) =>
    textWidthPx(String(text ?? ''), fontSize) * (fontWeight === 'bold' ? BOLD_WIDTH : 1);
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** A warning of Vega-Lite is a mistake in our chart, never in the records. */
function failingLogger(name: string) {
  const fail = (...warning: readonly unknown[]): never => {
    throw new Error(`chart ${name}: ${warning.join(' ')}`);
  };
  const pass = () => logger;
  const logger = { level: pass, warn: fail, error: fail, info: pass, debug: pass };
  return logger as unknown as NonNullable<Parameters<typeof import('vega-lite').compile>[1]>['logger'] &
    object;
}

/**
 * Numbers the ids of an SVG anew, led by the chart's name. Vega counts them through the whole process, so that the
 * bytes would depend on what was drawn before; and charts on one page would take each other's clip paths.
 */
export function withOwnIds(name: string, svg: string): string {
  const ids = [...new Set([...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!))];
  const ownId = new Map(ids.map((id, index) => [id, `${name}-${index + 1}`]));
  return svg
    .replace(/ id="([^"]+)"/g, (_, id: string) => ` id="${ownId.get(id)}"`)
    .replace(/url\(#([^)]+)\)/g, (whole, id: string) => (ownId.has(id) ? `url(#${ownId.get(id)})` : whole));
}

async function chartPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const { resolve } = createRequire(import.meta.url);
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: PNG_ZOOM },
    font: {
      loadSystemFonts: false,
      fontFiles: FONT_FILES.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`)),
      defaultFontFamily: 'DejaVu Sans',
    },
  });
  return image.render().asPng();
}
