import type { RunRecord } from '../record/run-record.ts';
import { canonicalJson } from '../record/shaping-settings.ts';
import { isMeasured } from './cell.ts';

/** The code that makes a run, with the programs and the computer that it is made on. */
export type Maker = Pick<RunRecord, 'host' | 'versions'>;

/**
 * Whether the same code made both, and measured with the same programs on the same computer and kernel: only then are they
 * repeats of one run. A simulation is the same on all of them.
 */
export function hasSameMaker(record: RunRecord, { host, versions }: Maker): boolean {
  if (record.versions.code !== versions.code) return false;
  return !isMeasured(record.source) || describedBy(record) === describedBy({ host, versions });
}

/** Memory is not among it: what a kernel leaves of it changes from boot to boot. */
function describedBy({ host: { cpu, cores, platform }, versions }: Maker): string {
  return canonicalJson({ cpu, cores, platform, versions });
}
