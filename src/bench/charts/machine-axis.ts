/** Most machine counts that stand on an axis by themselves; beyond, powers of two do. */
const MOST_COUNTS = 12;
/** Beyond this ratio of largest to smallest value a linear axis shows the small ones on its ground. */
export const LOG_FROM_RATIO = 10;

/** The x axis of machine counts: log base 2, its ends a little outside the counts. */
export function machineAxis(counts: readonly number[]) {
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const beyond = low === high ? 2 : (high / low) ** 0.04;
  return {
    field: 'machines',
    type: 'quantitative' as const,
    title: 'machines (log scale, base 2)',
    scale: { type: 'log' as const, base: 2, domain: [low / beyond, high * beyond], nice: false },
    axis: { values: machineTicks(counts), format: 'd', labelOverlap: true },
  };
}

/** The counts themselves where they are few, or the powers of two among which they lie. */
export function machineTicks(counts: readonly number[]): number[] {
  const distinct = [...new Set(counts)].sort((a, b) => a - b);
  if (distinct.length <= MOST_COUNTS) return distinct;
  const [low, high] = [Math.floor(Math.log2(distinct[0]!)), Math.ceil(Math.log2(distinct.at(-1)!))];
  return Array.from({ length: high - low + 1 }, (_, index) => 2 ** (low + index));
}

/** Where on a value axis the ends are, and whether it is logarithmic. */
export interface ValueRange {
  readonly isLog: boolean;
  readonly low: number;
  readonly high: number;
}

/** The range of a value axis: from zero, or logarithmic where the values differ too much for that. */
export function valueRange(values: readonly number[]): ValueRange {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return { isLog: false, low: 0, high: 1 };
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (high / low <= LOG_FROM_RATIO) return { isLog: false, low: 0, high: high * 1.05 };
  return { isLog: true, low: low / 1.3, high: high * 1.3 };
}

/** Ticks of 1, 2 and 5 times a power of ten within a range. */
export function logTicks({ low, high }: ValueRange): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const ticks = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** The y axis of a value over machines. */
export function valueAxis(field: string, title: string, range: ValueRange) {
  const { isLog, low, high } = range;
  const scale = isLog
    ? { type: 'log' as const, domain: [low, high], nice: false }
    : { type: 'linear' as const, domain: [low, high], nice: false };
  const axis = isLog ? { values: logTicks(range), format: '~g' } : { tickCount: 6 };
  return {
    field,
    type: 'quantitative' as const,
    title: isLog ? `${title}, log scale` : title,
    scale,
    axis: { ...axis, labelOverlap: true },
  };
}
