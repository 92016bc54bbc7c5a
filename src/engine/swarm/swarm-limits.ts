import { ConfigError } from '../../failure.ts';
import type { LinkRates } from '../link-rate.ts';

/** Rates that a client keeps to, both directions each and above 0; what is left out has no limit. */
export interface SwarmLimits {
  /** All peers together, below what the link gives. */
  readonly total?: LinkRates;
  /** Each peer by itself. */
  readonly peer?: LinkRates;
  /** All peers at a place together, by its label. */
  readonly sites?: Readonly<Record<string, LinkRates>>;
}

/** Limits of a time of the day, which goes from `from` up to `to`, both `HH:MM` of local time; past midnight is well. */
export interface TimedLimits {
  readonly from: string;
  readonly to: string;
  readonly limits: SwarmLimits;
}

const NO_LIMITS: SwarmLimits = {};
const MINUTE_MS = 60_000;

/** Throws a ConfigError (`limits`) for a rate that is not above 0: a client that is to stop is paused. */
export function checkLimits({ total, peer, sites = {} }: SwarmLimits): void {
  for (const rates of [total, peer, ...Object.values(sites)]) {
    if (!rates || (rates.upBps > 0 && rates.downBps > 0)) continue;
    throw new ConfigError('limits', 'a rate has to be above 0; pause the client where nothing is to pass');
  }
}

/**
 * Throws a ConfigError (`timetable` or `limits`) where any entry is wrong, whatever time it is now.
 * @param check throws for limits that the client cannot keep to
 */
export function checkTimetable(
  timetable: readonly TimedLimits[],
  check: (limits: SwarmLimits) => void = checkLimits,
): void {
  for (const { from, to, limits } of timetable) {
    minuteOf(from);
    minuteOf(to);
    check(limits);
  }
}

/**
 * Applies the limits of now, and from then on those of another entry at the full minute at which its time begins, until
 * it is stopped. Nothing is applied where there is no entry.
 * @param timetable has been checked
 * @returns stops it
 */
export function keepTimetable(
  timetable: readonly TimedLimits[],
  apply: (limits: SwarmLimits) => void,
): () => void {
  if (timetable.length === 0) return () => {};
  let timer: NodeJS.Timeout;
  let applied: SwarmLimits | undefined;
  const keep = (): void => {
    const now = new Date();
    const limits = limitsAt(timetable, now);
    if (limits !== applied) apply(limits);
    applied = limits;
    timer = setTimeout(keep, MINUTE_MS - (now.getTime() % MINUTE_MS));
  };
  keep();
  return () => clearTimeout(timer);
}

/** The limits of a moment: those of the first entry whose time it is, none where there is none. */
export function limitsAt(timetable: readonly TimedLimits[], moment: Date): SwarmLimits {
  const now = 60 * moment.getHours() + moment.getMinutes();
  const entry = timetable.find(({ from, to }) => isWithin(now, minuteOf(from), minuteOf(to)));
  return entry?.limits ?? NO_LIMITS;
}

function isWithin(minute: number, from: number, to: number): boolean {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

function minuteOf(time: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (minutes === undefined)
    throw new ConfigError('timetable', `${time} is no time of the day; write 08:00 or 17:30`);
  return 60 * Number(hours) + Number(minutes);
}
