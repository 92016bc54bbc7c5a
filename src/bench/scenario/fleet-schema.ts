import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';

/** How many machines there are, and how they are powered on. */
export function fleetSchema(fields: Fields) {
  const error = 'allowed is a list of machine counts such as `[1, 4, 8]`';
  const start = z.union(
    [
      z.literal('together'),
      settings({ staggered: fields.seconds().describe('time between two power-ons') }),
      settings({ poisson: fields.seconds().describe('mean time between two power-ons') }),
    ],
    { error: 'allowed is `together`, `{staggered: 2 s}` or `{poisson: 2 s}`' },
  );
  return settings({
    machines: z
      .array(fields.count('machines'), { error })
      .min(1, { error })
      .describe('how many machines are deployed: one run for each number'),
    start: start.default('together').describe('how the machines are powered on'),
  });
}
