import { readdirSync, readFileSync } from 'node:fs';
import { TICKS_PER_S } from './processor-times.ts';

/** Fields 14 to 17 of `/proc/<pid>/stat`, counted behind the name in brackets: utime, stime, cutime, cstime. */
const FIRST_TIME_FIELD = 11;

/** Processes that this one has started, and theirs; empty where there is no /proc. */
export function descendantsOf(pid: number): number[] {
  const children = readable(() => readdirSync(`/proc/${pid}/task`), []).flatMap((thread) =>
    readable(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'), '')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/**
 * Processor time of a process and its descendants [s], in user and kernel mode.
 * @returns null where it is gone, or where there is no /proc
 */
export function cpuSecondsOf(pid: number): number | null {
  const own = ownCpuSeconds(pid);
  if (own === null) return null;
  return descendantsOf(pid).reduce((sum, child) => sum + (ownCpuSeconds(child) ?? 0), own);
}

/**
 * Most memory that a process and its descendants ever held (`VmHWM`, man 5 proc), by name; processes of one name are
 * added up.
 * @param ownName stands for the name of the process itself
 * @returns null where it is gone, or where there is no /proc
 */
export function peakMemoryOf(pid: number, ownName: string): Record<string, number> | null {
  const own = ownPeakMemory(pid);
  if (own === null) return null;
  const peaks: Record<string, number> = { [ownName]: own.bytes };
  for (const child of descendantsOf(pid)) {
    const { name, bytes } = ownPeakMemory(child) ?? { name: '', bytes: 0 };
    if (bytes > 0) peaks[name] = (peaks[name] ?? 0) + bytes;
  }
  return peaks;
}

/** A process that is ending has no memory any more. */
function ownPeakMemory(pid: number): { name: string; bytes: number } | null {
  const status = readable(() => readFileSync(`/proc/${pid}/status`, 'utf8'), '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) return null;
  return { name: /^Name:\s+(.+)$/m.exec(status)![1]!, bytes: Number(kibibytes) * 1024 };
}

/** The same of the process alone, and of those children that it has waited for. */
export function ownCpuSeconds(pid: number): number | null {
  const stat = readable(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
  if (stat === '') return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(FIRST_TIME_FIELD, FIRST_TIME_FIELD + 4).map(Number);
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_S;
}

/** A process may go while it is looked at. */
function readable<Content>(read: () => Content, otherwise: Content): Content {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
