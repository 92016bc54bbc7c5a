import type { Chart } from '../charts/chart.ts';
import { chartsOf } from '../charts/charts.ts';
import { cellDetails } from '../metrics/cell.ts';
import { counted } from '../metrics/plain-words.ts';
import { selectRecords } from '../metrics/record-selection.ts';
import type { AskedScenario } from '../record/asked-scenario.ts';
import type { RunRecord } from '../record/run-record.ts';
import { escapeHtml, htmlText } from './html-page.ts';
import { escapeMarkdown, markdownText } from './markdown-page.ts';
import { PAGE_STYLE } from './page-style.ts';
import { planReport } from './report-plan.ts';

/** One report of a folder of reports, as the page that leads to it shows it. */
export interface IndexEntry {
  /** Name of its folder below that of the index. */
  readonly folder: string;
  /** The first chart of the report; null where nothing can be drawn, as where nobody finished. */
  readonly chart: Pick<Chart, 'name' | 'title'> | null;
  readonly title: string;
  readonly summary: string;
  /** `116 runs, 2026-11-26, AMD EPYC, 2 cores` */
  readonly setup: string;
}

const HEADING = 'Reports';
const ABOUT =
  'Each report is made from the records in its folder alone (`./swarmboot report FOLDER`), and says what was run, on which computer, how often, and what its numbers cannot tell.';

/** What the index says of a report. @param records at least one */
export function indexEntry(folder: string, records: readonly RunRecord[], asked?: AskedScenario): IndexEntry {
  const selection = selectRecords(records, asked);
  const details = cellDetails(selection.records);
  const { title, summary } = planReport(selection, { details, charts: [] });
  const [chart = null] = chartsOf(details);
  const runs = selection.records.filter(({ source }) => source !== 'published');
  const days = [...new Set(selection.records.map(({ recordedAt }) => recordedAt.slice(0, 10)))].sort();
  const computers = [
    ...new Set(
      selection.records.map(({ source, host }) =>
        source === 'hardware' ? 'real machines' : `${host.cpu}, ${counted(host.cores, 'core')}`,
      ),
    ),
  ];
  const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]!;
  return {
    folder,
    chart,
    title,
    summary,
    setup: [counted(runs.length, 'run'), when, ...computers].join(', '),
  };
}

/** The index as Markdown. */
export function indexMarkdown(entries: readonly IndexEntry[]): string {
  const parts = entries.flatMap(({ folder, chart, title, summary, setup }) => [
    `## [${escapeMarkdown(title)}](${linkTo(folder)}/report.md)`,
    ...(chart ? [`![${escapeMarkdown(title)}](${linkTo(folder)}/charts/${chart.name}.svg)`] : []),
    markdownText(summary),
    `*${markdownText(setup)}*`,
  ]);
  return `${[`# ${HEADING}`, ABOUT, ...parts].join('\n\n')}\n`;
}

/** The index as one HTML file that needs no network, beside the reports that it leads to. */
export function indexHtml(entries: readonly IndexEntry[]): string {
  const sections = entries.map(
    ({ folder, chart, title, summary, setup }) => `<section>
<h2><a href="${linkTo(folder)}/index.html">${escapeHtml(title)}</a></h2>
<p class="summary">${htmlText(summary)}</p>
<figure>${chart ? chartHtml(folder, chart) : ''}<figcaption>${htmlText(setup)} <span class="files"><a href="${linkTo(folder)}/report.md">Markdown</a> <a href="${linkTo(folder)}/records.jsonl">records</a></span></figcaption></figure>
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${HEADING}</title>
<style>
${PAGE_STYLE}section .summary { margin-bottom: 1rem; }
.chart img { display: block; width: 100%; max-width: 700px; height: auto; margin: 0 auto; }
</style>
</head>
<body>
<main>
<header>
<h1>${HEADING}</h1>
<p class="introduction">${htmlText(ABOUT)}</p>
</header>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function chartHtml(folder: string, { name, title }: Pick<Chart, 'name' | 'title'>): string {
  return `<div class="chart"><img src="${linkTo(folder)}/charts/${name}.svg" alt="${escapeHtml(title)}" loading="lazy"></div>\n`;
}

/** A folder as the first part of a link; round brackets would end one of Markdown. */
function linkTo(folder: string): string {
  return encodeURIComponent(folder).replaceAll('(', '%28').replaceAll(')', '%29');
}
