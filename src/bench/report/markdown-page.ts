import { codeSpans } from './code-spans.ts';
import type { Block, ReportDocument, Table } from './report-document.ts';

/** The report as Markdown (GitHub's dialect: tables, folded parts). */
export function markdownPage({ title, introduction, summary, sections }: ReportDocument): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...(introduction === null ? [] : [markdownText(introduction)]),
    markdownText(summary),
    ...sections.flatMap((section) => [
      `## ${escapeMarkdown(section.title)}`,
      ...section.blocks.map(markdownBlock),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return markdownText(block.text);
    case 'list':
      return block.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'table':
      return markdownTable(block.table);
    case 'figure':
      return markdownFigure(block);
    case 'code':
      return `\`\`\`json\n${block.text}\n\`\`\``;
    case 'folded':
      return [
        `<details><summary>${markdownText(block.summary)}</summary>`,
        ...block.blocks.map(markdownBlock),
        '</details>',
      ].join('\n\n');
  }
}

function markdownFigure({ chart, title, caption }: Extract<Block, { kind: 'figure' }>): string {
  const file = `charts/${chart}`;
  const links = `[SVG](${file}.svg), [PNG](${file}.png), [Vega-Lite](${file}.vl.json)`;
  return `### ${escapeMarkdown(title)}\n\n![${escapeMarkdown(title)}](${file}.svg)\n\n${markdownText(caption)} ${links}`;
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => escapeMarkdown(column.heading))),
    line(columns.map((column) => (column.isNumber ? '--:' : ':--'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
  ].join('\n');
}

/** Running text with `code` in it, on one line. */
export function markdownText(text: string): string {
  const spans = codeSpans(onOneLine(text)).map((span) =>
    span.isCode ? `\`${span.text}\`` : escaped(span.text),
  );
  return noList(spans.join(''));
}

/** Plain text that Markdown shows as it is, on one line. */
export function escapeMarkdown(text: string): string {
  return noList(escaped(onOneLine(text)));
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A line that begins as a list does. */
function noList(line: string): string {
  return line.replace(/^([-+]|\d+[.)])(?= )/, '\\$1');
}

function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]|#~$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
