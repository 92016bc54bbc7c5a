import { listed } from '../metrics/plain-words.ts';
import type { Versions } from '../record-of.ts';
import type { Probe } from './probe.ts';

/**
 * What a reader of simulations must know of the code and the Node that their probe has measured; nothing where they are
 * those that make the runs.
 * @param now versions that a run has whatever its transport
 */
export function versionNotes({ measuredAt, versions }: Probe, now: Versions): string[] {
  const probe = `The probe of ${measuredAt.slice(0, 10)}`;
  if (versions === undefined) return [`${probe} does not say which code it has measured: it may be another.`];
  const others = Object.keys(now).filter((name) => versions[name] !== now[name]);
  if (others.length === 0) return [];
  const told = others.map((name) => `${name} ${versions[name] ?? 'unknown'} and not ${now[name]}`);
  return [`${probe} has measured ${listed(told)}: what it found may not hold for the runs beside it.`];
}
