import type { LinkRates, SwarmLimits } from '../../engine/index.ts';

const NONE = Number.POSITIVE_INFINITY;
/** Label of the place of everybody but the one that keeps the limit. */
export const FAR = 'far';

/** One kind of limit, and the swarm in which it is measured. One peer keeps it, and the others have none. */
export interface LimitCase {
  readonly name: LimitName;
  /** Whether the peer that keeps it sends to two others, or receives from two. */
  readonly direction: 'up' | 'down';
  /** What the rate is of: both others together, or each of them. */
  readonly counted: 'together' | 'each';
  /** Half of the rate, and all of it from a full minute on that comes in the middle. */
  readonly isTimed: boolean;
  limitsOf(bps: number): SwarmLimits;
}

export const LIMIT_NAMES = [
  'total-up',
  'total-down',
  'peer-up',
  'peer-down',
  'site-up',
  'site-down',
  'time-of-day',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

const up = (bps: number): LinkRates => ({ upBps: bps, downBps: NONE });
const down = (bps: number): LinkRates => ({ upBps: NONE, downBps: bps });

const CASES: Readonly<Record<LimitName, Omit<LimitCase, 'name'>>> = {
  'total-up': sending('together', (bps) => ({ total: up(bps) })),
  'total-down': receiving('together', (bps) => ({ total: down(bps) })),
  'peer-up': sending('each', (bps) => ({ peer: up(bps) })),
  'peer-down': receiving('each', (bps) => ({ peer: down(bps) })),
  'site-up': sending('together', (bps) => ({ sites: { [FAR]: up(bps) } })),
  'site-down': receiving('together', (bps) => ({ sites: { [FAR]: down(bps) } })),
  'time-of-day': { ...sending('together', (bps) => ({ total: up(bps) })), isTimed: true },
};

export function limitCase(name: LimitName): LimitCase {
  return { name, ...CASES[name] };
}

function sending(counted: LimitCase['counted'], limitsOf: LimitCase['limitsOf']): Omit<LimitCase, 'name'> {
  return { direction: 'up', counted, isTimed: false, limitsOf };
}

function receiving(counted: LimitCase['counted'], limitsOf: LimitCase['limitsOf']): Omit<LimitCase, 'name'> {
  return { direction: 'down', counted, isTimed: false, limitsOf };
}
