import { isPlainObject } from './plain-object.ts';

/** Settings that choose runs but do not change one. */
const CHOOSING = [
  'title',
  'description',
  'executors',
  'seeds',
  'onceFrom',
  'measured',
  'only',
  'plain',
  'variants',
];

/**
 * What of settings shapes the result of a run, as JSON: the same text for the same run, whatever the order in the file.
 * Which machines, seeds, executors and variants were asked for is left out.
 */
export function shapingSettings(settings: unknown): string {
  if (!isPlainObject(settings)) return canonicalJson(settings);
  const { fleet, ...others } = Object.fromEntries(
    Object.entries(settings).filter(([key]) => !CHOOSING.includes(key)),
  );
  if (!isPlainObject(fleet)) return canonicalJson({ ...others, fleet });
  const { machines: _machines, ...start } = fleet;
  return canonicalJson({ ...others, fleet: start });
}

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isPlainObject(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
