import type { MessageKind } from '../../../sim/index.ts';
import type { WorkloadCost } from '../workload-child-process.ts';
import type { MeasuredExample } from './example-process.ts';

/** How many times less than SimGrid's example the simulator is to take. */
const CPU_GOAL = 100;
const MEMORY_GOAL = 5;

/** A figure of both; `timesLess` is SimGrid's over ours. */
interface Held {
  readonly ours: number;
  readonly simGrid: number;
  readonly timesLess: number;
}

/** Our message-level swarm and SimGrid's example, measured one after the other. */
export interface SimGridComparison {
  /** Of Debian's package. */
  readonly version: string;
  readonly cpuS: Held & { readonly goal: number };
  /** The two need not send equally many. */
  readonly cpuUsPerMessage: Held;
  readonly peakRssMB: Held & { readonly goal: number };
  /** Virtual time at which the last peer had everything [s]. */
  readonly makespanS: Held;
  /** Messages that peers received, of each kind and together. */
  readonly messages: Readonly<Record<MessageKind | 'all', Held>>;
}

/**
 * Holds what the simulator took against what SimGrid's example took.
 * @param ours runs before and after it, with messages counted: the one that took more counts
 */
export function holdAgainst(ours: readonly WorkloadCost[], simGrid: MeasuredExample): SimGridComparison {
  const { messages: counts, makespanS } = ours[0]!;
  const messages = (Object.entries(counts!) as [MessageKind, number][]).map(
    ([kind, count]) => [kind, held(count, simGrid.messages[kind] ?? 0)] as const,
  );
  const all = messages.reduce(
    (sum, [, pair]) => held(sum.ours + pair.ours, sum.simGrid + pair.simGrid),
    held(0, 0),
  );
  const cpuS = held(Math.max(...ours.map((run) => run.cpuS)), simGrid.cpuS);
  return {
    version: simGrid.version,
    cpuS: { ...cpuS, goal: CPU_GOAL },
    cpuUsPerMessage: held((cpuS.ours / all.ours) * 1e6, (cpuS.simGrid / all.simGrid) * 1e6),
    peakRssMB: {
      ...held(Math.max(...ours.map((run) => run.peakRssMB)), simGrid.peakRssMB),
      goal: MEMORY_GOAL,
    },
    makespanS: held(makespanS, simGrid.makespanS),
    messages: { ...(Object.fromEntries(messages) as Record<MessageKind, Held>), all },
  };
}

function held(ours: number, simGrid: number): Held {
  return { ours, simGrid, timesLess: simGrid / ours };
}
