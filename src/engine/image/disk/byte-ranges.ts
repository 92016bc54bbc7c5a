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

/** The ranges without what lies in `holes`; both are as `mergedRanges` gives them. */
export function rangesWithout(ranges: readonly ByteRange[], holes: readonly ByteRange[]): ByteRange[] {
  const rest: ByteRange[] = [];
  let next = 0;
  for (const { start, end } of ranges) {
    let at = start;
    while (next < holes.length && holes[next]!.end <= start) next++;
    for (let hole = next; hole < holes.length && holes[hole]!.start < end; hole++) {
      if (holes[hole]!.start > at) rest.push({ start: at, end: holes[hole]!.start });
      at = holes[hole]!.end;
    }
    if (at < end) rest.push({ start: at, end });
  }
  return rest;
}
