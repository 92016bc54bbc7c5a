import type { RunRecord } from '../record/run-record.ts';
import { isMeasured } from './cell.ts';

type Maker = Pick<RunRecord, 'host' | 'versions'>;

/** Whether the same code made both, and measured on the same computer: only then are they repeats of one run. */
export function hasSameMaker(record: RunRecord, { host, versions }: Maker): boolean {
  if (record.versions.code !== versions.code) return false;
  return !isMeasured(record.source) || (record.host.cpu === host.cpu && record.host.cores === host.cores);
}
