import type { ChartName } from '../charts/chart.ts';
import { codeSpans } from './code-spans.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { Block, Column, ReportDocument, Table } from './report-document.ts';

/** SVG text of each chart, to be set into the page, and whether it can be played. */
type ChartDrawings = ReadonlyMap<ChartName, { readonly svg: string; readonly isPlayable: boolean }>;

/** The report as one HTML file that needs no network: style and charts are in it. */
export function htmlPage(
  { title, introduction, summary, sections }: ReportDocument,
  drawings: ChartDrawings,
): string {
  const body = sections
    .map(
      (section) =>
        `<section>\n<h2>${escapeHtml(section.title)}</h2>\n${section.blocks.map((block) => htmlBlock(block, drawings)).join('\n')}\n</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
${PAGE_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${introduction === null ? '' : `<p class="introduction">${htmlText(introduction)}</p>\n`}<p class="summary">${htmlText(summary)}</p>
</header>
${body}
</main>
</body>
</html>
`;
}

function htmlBlock(block: Block, drawings: ChartDrawings): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p class="note">${htmlText(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${htmlText(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return htmlTable(block.table);
    case 'figure':
      return htmlFigure(block, drawings);
    case 'code':
      return `<pre>${escapeHtml(block.text)}</pre>`;
    case 'folded': {
      const inner = block.blocks.map((one) => htmlBlock(one, drawings)).join('\n');
      return `<details>\n<summary>${htmlText(block.summary)}</summary>\n${inner}\n</details>`;
    }
  }
}

function htmlFigure(
  { chart, title, caption }: Extract<Block, { kind: 'figure' }>,
  drawings: ChartDrawings,
): string {
  const file = `charts/${chart}`;
  const named = ` role="img" aria-label="${escapeHtml(title)}"`;
  const { svg = '', isPlayable = false } = drawings.get(chart) ?? {};
  const drawing = svg.replace(/^<svg/, () => `<svg${named}`);
  const player = isPlayable ? '<label class="play"><input type="checkbox"> play</label>\n' : '';
  const links = [
    ['svg', 'SVG'],
    ['png', 'PNG'],
    ['vl.json', 'Vega-Lite'],
  ].map(([ending, words]) => `<a href="${file}.${ending}">${words}</a>`);
  return `<figure id="${chart}">\n<div class="chart">${player}${drawing}</div>\n<figcaption>${htmlText(caption)} <span class="files">${links.join(' ')}</span></figcaption>\n</figure>`;
}

function htmlTable({ columns, rows }: Table): string {
  const classes = columns.map(classOf);
  const heads = columns.map(
    (column, index) => `<th scope="col"${classes[index]}>${escapeHtml(column.heading)}</th>`,
  );
  const lines = rows.map(
    (row) => `<tr>${row.map((text, index) => `<td${classes[index]}>${escapeHtml(text)}</td>`).join('')}</tr>`,
  );
  return `<div class="table" tabindex="0"><table>\n<thead><tr>${heads.join('')}</tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table></div>`;
}

function classOf({ isNumber, isLong }: Column): string {
  if (isNumber) return ' class="number"';
  return isLong ? ' class="long"' : '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Running text with `code` in it. */
export function htmlText(text: string): string {
  return codeSpans(text)
    .map((span) => (span.isCode ? `<code>${escapeHtml(span.text)}</code>` : escapeHtml(span.text)))
    .join('');
}

/** Plain text that HTML shows as it is, in content and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}
