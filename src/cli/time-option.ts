import { ConfigError } from '../failure.ts';

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;
/** A date with its year first: JavaScript would take nearly anything for one. */
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/**
 * Reads a time to come: `22:00` is the next time that clocks here show it, `2026-11-26 22:00` is local time unless it
 * names its zone. Throws a ConfigError for anything else, and for what is past.
 * @returns RFC 3339, UTC
 */
export function timeOption(option: string, text: string, now: Date): string {
  const time = timeOf(text, now);
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new ConfigError(
      option,
      `found \`${text}\`; allowed is a time such as 22:00 or 2026-11-26T22:00:00+01:00`,
    );
  if (time <= now) throw new ConfigError(option, `${text} is past; leave it out to begin at once`);
  return time.toISOString();
}

function timeOf(text: string, now: Date): Date | undefined {
  const [, hours, minutes] = CLOCK.exec(text) ?? [];
  if (hours === undefined) return DATE.test(text) ? new Date(text) : undefined;
  const time = new Date(now);
  time.setHours(Number(hours), Number(minutes), 0, 0);
  if (time <= now) time.setDate(time.getDate() + 1);
  return time;
}
