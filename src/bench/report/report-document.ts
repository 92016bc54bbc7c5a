import type { ChartName } from '../charts/chart.ts';

/** A column of a table. */
export interface Column {
  readonly heading: string;
  /** Numbers stand at the right. */
  readonly isNumber: boolean;
  /** Long texts such as digests may break anywhere. */
  readonly isLong: boolean;
}

/** Text of every cell, row by row; an empty text where there is nothing to say. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** What a report is made of, before it becomes Markdown or HTML. All texts are plain, not escaped. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'figure'; readonly chart: ChartName; readonly title: string; readonly caption: string }
  | { readonly kind: 'code'; readonly text: string }
  /** Shown on request: what is long and seldom needed. */
  | { readonly kind: 'folded'; readonly summary: string; readonly blocks: readonly Block[] };

/** A heading and what stands below it. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A whole report. */
export interface ReportDocument {
  readonly title: string;
  /** What the scenario's author wants to be known first; null where nothing is said. */
  readonly introduction: string | null;
  /** One paragraph: what came out. */
  readonly summary: string;
  readonly sections: readonly Section[];
}

/** A column of text. */
export function textColumn(heading: string): Column {
  return { heading, isNumber: false, isLong: false };
}

/** A column of numbers. */
export function numberColumn(heading: string): Column {
  return { heading, isNumber: true, isLong: false };
}

/** A column of digests, lists and other texts that would stretch the table. */
export function longColumn(heading: string): Column {
  return { heading, isNumber: false, isLong: true };
}

/** The table without the columns in which no row says anything. */
export function withoutEmptyColumns({ columns, rows }: Table): Table {
  const isKept = columns.map((_, index) => rows.some((row) => row[index] !== ''));
  return {
    columns: columns.filter((_, index) => isKept[index]),
    rows: rows.map((row) => row.filter((_, index) => isKept[index])),
  };
}

/** A table, or one shown on request where it has more rows than fit the eye. */
export function tableBlock(table: Table, fold: { summary: string; fromRows: number }): Block {
  const block: Block = { kind: 'table', table };
  if (table.rows.length < fold.fromRows) return block;
  return { kind: 'folded', summary: `${fold.summary} (${table.rows.length} rows)`, blocks: [block] };
}
