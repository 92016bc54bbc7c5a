import Table from 'cli-table3';
import type { ReportTable } from '../bench/index.ts';

/** Prints a table of a report on standard output. */
export function printTable({ columns, rows }: ReportTable): void {
  const table = new Table({
    head: columns.map(({ heading }) => heading),
    colAligns: columns.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  process.stdout.write(`${table.toString()}\n`);
}
