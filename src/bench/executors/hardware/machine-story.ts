import type { StoredEvent, Target } from '../../../engine/index.ts';
import { type MachineResult, PHASES, type PhaseTimes } from '../../record/run-record.ts';

/** What is known of one machine when its deployment is over. */
export interface MachineStory {
  readonly label: string;
  readonly target: Target;
  /** Of the deployment, in their order. */
  readonly events: readonly StoredEvent[];
  /** By the server's clock [ms since 1970]; null where a person switched it on. */
  readonly poweredOnMs: number | null;
}

type Told = NonNullable<Target['report']>;

/**
 * When its agent began, by the server's clock [ms since 1970]: the server notes that a machine is verified, or that it has
 * registered, and the agent says how long after its start that was. Null for a machine that never came.
 */
export function agentStartMs({ target, events }: MachineStory): number | null {
  const last = (wanted: string) =>
    events.findLast(({ machine, kind }) => machine === target.machine && kind === wanted);
  // Once in the life of the agent that has come to its end: after a power cut its report counts from its last start, and
  // of registrations only the first is noted.
  const verified = last('targetVerified');
  const verifiedS = target.report?.phases.finish?.[1];
  if (verified && verifiedS !== undefined) return Date.parse(verified.at) - verifiedS * 1000;
  const registered = last('targetDeploying');
  if (!registered) return null;
  const [, registerEndS = 0] = target.report?.phases.register ?? [];
  return Date.parse(registered.at) - registerEndS * 1000;
}

/** Times of a machine, counted from `originMs` of the server's clock. */
export function resultOf(story: MachineStory, originMs: number): MachineResult {
  const { label, target, poweredOnMs } = story;
  const startMs = agentStartMs(story);
  const startS = startMs === null ? null : (startMs - originMs) / 1000;
  const poweredOnS = poweredOnMs === null ? (startS ?? 0) : (poweredOnMs - originMs) / 1000;
  const { report } = target;
  const isDone = target.state === 'finished' && report !== null && startS !== null;
  const phases = isDone ? phasesOf(report, { startS, poweredOnS }) : {};
  return {
    machine: label,
    poweredOnS,
    doneS: isDone ? Math.max(...Object.values(phases).map(([, endS]) => endS)) : null,
    phases,
    uploadedBytes: report?.uploadedBytes ?? 0,
    downloadedBytes: report?.downloadedBytes ?? 0,
    ...(report && { image: imageOf(report), peakMemoryBytes: { agent: report.peakMemoryBytes } }),
    isVerified: isDone,
    failure: isDone ? null : (target.failure ?? `it is ${target.state}`),
  };
}

function phasesOf(
  { phases }: Told,
  { startS, poweredOnS }: { readonly startS: number; readonly poweredOnS: number },
): PhaseTimes {
  const own = PHASES.flatMap((phase) => {
    const times = phases[phase];
    return times ? [[phase, [times[0] + startS, times[1] + startS] as const] as const] : [];
  });
  const boot = startS > poweredOnS ? { boot: [poweredOnS, startS] as const } : {};
  return { ...boot, ...Object.fromEntries(own) };
}

function imageOf({ wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks }: Told) {
  return { wireBytes, rawBytes, chunks, reusedChunks, refetchedChunks };
}
