/** A unit for people: its sign and how many seconds it has. */
export interface TimeUnit {
  readonly sign: 'ms' | 's' | 'min' | 'h';
  readonly seconds: number;
}

const MILLISECONDS: TimeUnit = { sign: 'ms', seconds: 1e-3 };
const SECONDS: TimeUnit = { sign: 's', seconds: 1 };
const MINUTES: TimeUnit = { sign: 'min', seconds: 60 };
const HOURS: TimeUnit = { sign: 'h', seconds: 3600 };

/** The unit in which a time reads best: minutes up to ten hours, as deployments are commonly told. */
export function timeUnitFor(seconds: number): TimeUnit {
  if (seconds > 0 && seconds < 1) return MILLISECONDS;
  if (seconds < 120) return SECONDS;
  return seconds < 36_000 ? MINUTES : HOURS;
}

/** `12.1 s`, `45.4 min`: three significant digits. */
export function readableTime(seconds: number, unit: TimeUnit = timeUnitFor(seconds)): string {
  return `${threeDigits(seconds / unit.seconds)} ${unit.sign}`;
}

/** `12.1 s (11.9 to 12.4)`: the median, and the range where there is one to be seen. */
export function readableSpread(spread: {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}): string {
  const unit = timeUnitFor(spread.median);
  const [low, high] = [threeDigits(spread.min / unit.seconds), threeDigits(spread.max / unit.seconds)];
  const middle = readableTime(spread.median, unit);
  return low === high ? middle : `${middle} (${low} to ${high})`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.50 GB`: decimal units, three significant digits. */
export function readableBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), BYTE_UNITS.length - 1);
  return power === 0 ? `${bytes} B` : `${threeDigits(bytes / 1000 ** power)} ${BYTE_UNITS[power]}`;
}

/** `7 %`, `0.05 %`: a share that a person has set, with the digits that it was written with. */
export function writtenShare(share: number): string {
  return `${Number((share * 100).toPrecision(12))} %`;
}

/** Three significant digits, never in exponent notation. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 99.95) return value.toFixed(0);
  return Math.abs(value) < 1e-3 ? value.toFixed(6) : value.toPrecision(3);
}
