import type { LimitName } from './limit-case.ts';

/** What came through at one limit, in payload bytes per second at the receiving side. */
export interface LimitFigure {
  readonly name: LimitName;
  /** What of the case it is: `both`, `first`, `second`; by time of the day `before`, `after`. */
  readonly part: 'both' | 'first' | 'second' | 'before' | 'after';
  readonly limitBps: number;
  readonly measuredBps: number;
  readonly seconds: number;
  /** What this computer carries without a limit; null where that was of no account. */
  readonly capacityBps: number | null;
}

export type LimitVerdict = 'within' | 'outside' | 'notMeasured';

/** The goal of the project: measured to hold within 3 %. */
const TOLERANCE = 0.03;

/** Share by which what came through is off the limit; below 0 where it is less. */
export function errorOf({ limitBps, measuredBps }: LimitFigure): number {
  return measuredBps / limitBps - 1;
}

/** Less than the limit came through: the computer may be to blame, once it was looked how much it carries without. */
export function isBelow(figure: LimitFigure): boolean {
  return errorOf(figure) < -TOLERANCE;
}

/** Nothing can be said of a limit that is higher than what this computer carries. */
export function verdictOn(figure: LimitFigure): LimitVerdict {
  if (Math.abs(errorOf(figure)) <= TOLERANCE) return 'within';
  const { capacityBps, limitBps } = figure;
  const isCarried = capacityBps === null || capacityBps >= limitBps * (1 + TOLERANCE);
  return isBelow(figure) && !isCarried ? 'notMeasured' : 'outside';
}
