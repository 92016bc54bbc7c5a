import assert from 'node:assert/strict';
import { chartImages } from '../charts/chart-image.ts';
import { chartsOf } from '../charts/charts.ts';
import { cellDetails } from '../metrics/cell.ts';
import { selectRecords } from '../metrics/record-selection.ts';
import type { AskedScenario } from '../record/asked-scenario.ts';
import type { RunRecord } from '../record/run-record.ts';
import { htmlPage } from './html-page.ts';
import { markdownPage } from './markdown-page.ts';
import { playableDrawing } from './playable-drawing.ts';
import { planReport } from './report-plan.ts';

/** Files of a report by their path below the report's folder, with `/` between folders. */
export type ReportFiles = ReadonlyMap<string, string | Uint8Array>;

/**
 * Makes the report of a scenario. The same records give the same bytes: nothing is read from clock or chance.
 * @param records in file order, at least one
 * @param asked as `selectRecords` takes it
 */
export async function buildReport(
  records: readonly RunRecord[],
  asked?: AskedScenario,
): Promise<ReportFiles> {
  assert.ok(records.length > 0, 'a report needs at least one record');
  const selection = selectRecords(records, asked);
  const details = cellDetails(selection.records);
  const charts = chartsOf(details);
  const images = await Promise.all(
    charts.map(async (chart) => ({ ...chart, ...(await chartImages(chart)) })),
  );
  const plan = planReport(selection, { details, charts });
  return new Map<string, string | Uint8Array>([
    ['report.md', markdownPage(plan)],
    ['index.html', htmlPage(plan, new Map(images.map((image) => [image.name, drawingOf(image)])))],
    ...images.flatMap(({ name, spec, svg, png }): [string, string | Uint8Array][] => [
      [`charts/${name}.vl.json`, spec],
      [`charts/${name}.svg`, svg],
      [`charts/${name}.png`, png],
    ]),
  ]);
}

function drawingOf({ svg, appearances }: { svg: string; appearances?: readonly number[] }) {
  return appearances === undefined
    ? { svg, isPlayable: false }
    : { svg: playableDrawing(svg, appearances), isPlayable: true };
}
