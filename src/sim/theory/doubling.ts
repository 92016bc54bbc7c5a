/**
 * floor(log2 n), exact for every safe integer.
 * `Math.log2` rounds: it gives 49 for 2^49 - 1, and `Math.clz32` ends at 2^32.
 * @param count n, a whole number >= 1 (checked by the callers under their own field name)
 */
export function doublings(count: number): number {
  let exponent = 0;
  for (let power = 2; power <= count; power *= 2) exponent += 1;
  return exponent;
}
