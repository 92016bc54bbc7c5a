import { numberColumn, type Table, textColumn } from '../report/report-document.ts';
import type { TftpResult } from './tftp-case.ts';

const COLUMNS = [
  textColumn('Server'),
  numberColumn('Clients'),
  numberColumn('Block'),
  numberColumn('Window'),
  numberColumn('MB/s'),
  numberColumn('of tftpd-hpa'),
  numberColumn('Server CPU-s'),
  numberColumn('Runs'),
  numberColumn('Failed'),
];

/** Medians of all servers, case by case. */
export function tftpTable(results: readonly TftpResult[]): Table {
  return {
    columns: COLUMNS,
    rows: results.map((result) => [
      result.server,
      String(result.clients),
      String(result.blksize),
      String(result.windowsize),
      figure(result.medianBytesPerS === null ? null : result.medianBytesPerS / 1e6, 1),
      figure(result.timesTftpdHpa, 2),
      figure(result.medianServerCpuS, 2),
      String(result.runs.length),
      String(result.failures),
    ]),
  };
}

function figure(value: number | null, digits: number): string {
  return value === null ? '' : value.toFixed(digits);
}
