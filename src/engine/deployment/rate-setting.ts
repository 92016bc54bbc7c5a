import { z } from 'zod';
import { BYTES_PER_SECOND, type loadQuantityParser } from '../../settings/quantity.ts';

/** Bytes per second that nobody means: a number below is one of another unit, such as 100 for 100 Mbit/s. */
const LEAST_NUMBER = 10_000;
const ALLOWED = `allowed is ${BYTES_PER_SECOND.allowed}; a number alone is bytes per second, from ${LEAST_NUMBER} up`;

/**
 * A rate in the notation of scenarios, or as a number of bytes per second; read as bytes per second, `unlimited` as
 * Infinity.
 * @param load brings the parser of quantities; it is called only where a rate has a unit
 */
export function rateSetting(load: typeof loadQuantityParser) {
  const rateOf = async (written: number | string): Promise<number> => {
    if (typeof written === 'string') return (await load())(BYTES_PER_SECOND)(written);
    if (written >= LEAST_NUMBER) return written;
    throw new RangeError(`found \`${written}\`, which is ${written} bytes per second`);
  };
  return z.union([z.number(), z.string()], { error: ALLOWED }).transform(async (written, context) => {
    try {
      const rate = await rateOf(written);
      if (rate > 0) return rate;
      throw new RangeError(`found \`${written}\``);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: `${error.message}; ${ALLOWED}` });
      return z.NEVER;
    }
  });
}
