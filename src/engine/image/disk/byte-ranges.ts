/** Bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The same bytes as ranges in ascending order that neither overlap nor touch. */
export function mergedRanges(ranges: Iterable<ByteRange>): ByteRange[] {
  const ascending = [...ranges]
    .filter(({ start, end }) => end > start)
    .sort((one, other) => one.start - other.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of ascending) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** The ranges as they stand `by` bytes further on. */
export function shiftedRanges(ranges: readonly ByteRange[], by: number): ByteRange[] {
  return ranges.map(({ start, end }) => ({ start: start + by, end: end + by }));
}

/** What of the ranges lies before `end`. */
export function rangesBefore(ranges: readonly ByteRange[], end: number): ByteRange[] {
  return ranges
    .filter(({ start }) => start < end)
    .map((range) => (range.end > end ? { start: range.start, end } : range));
}

export function bytesOfRanges(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The ranges without what lies in `hole`. */
export function rangesWithout(ranges: readonly ByteRange[], hole: ByteRange): ByteRange[] {
  return ranges
    .flatMap(({ start, end }) => [
      { start, end: Math.min(end, hole.start) },
      { start: Math.max(start, hole.end), end },
    ])
    .filter(({ start, end }) => end > start);
}
