import type { AgentReport } from '../http/agent-report.ts';
import type { PostDeploySteps } from './post-deploy-steps.ts';

/** When the machines of a deployment may begin: when so many are ready to write, and not before this time. */
export interface StartRule {
  readonly waitFor: number;
  /** RFC 3339, UTC; null for now. */
  readonly at: string | null;
}

/** One golden image going to one set of machines. */
export interface Deployment {
  readonly id: number;
  readonly image: string;
  readonly version: number;
  /** Agents show it; it is given to them at boot, and stays valid over restarts of the server. */
  readonly agentToken: string;
  readonly start: StartRule;
  /** Which disk of each machine is written to, as an agent is told by `--disk`: `only`, `serial=...`. */
  readonly disk: string;
  /** What is done to each disk once it holds the image; null for nothing. */
  readonly steps: PostDeploySteps | null;
  /** RFC 3339, UTC. */
  readonly created: string;
}

/**
 * `armed` before it has come, `deploying` from its registration on, `verified` when the image is on its disk and it
 * still serves others, `finished` when it needs nothing more. `failed` and `cancelled` need an operator.
 */
export const TARGET_STATES = ['armed', 'deploying', 'verified', 'finished', 'failed', 'cancelled'] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** One machine in one deployment. */
export interface Target {
  readonly deployment: number;
  /** MAC or UUID, in small letters. */
  readonly machine: string;
  readonly state: TargetState;
  /** What its agent is at, as it last said, and how far, 0 to 1. */
  readonly phase: string | null;
  readonly share: number | null;
  /** Why it failed. */
  readonly failure: string | null;
  /** What it told when it was finished. */
  readonly report: AgentReport | null;
  /** RFC 3339, UTC. */
  readonly changed: string;
}

/** States in which a machine boots the agent: so it does after a power cut, and never again when it was done. */
const BOOTS_AGENT: ReadonlySet<TargetState> = new Set(['armed', 'deploying', 'verified']);
/** States in which a machine still needs what others have. */
const NEEDS_SWARM: ReadonlySet<TargetState> = new Set(['armed', 'deploying']);

/** Whether an operator has asked for this machine to be written to, and it is not done. */
export function isArmed({ state }: Target): boolean {
  return BOOTS_AGENT.has(state);
}

/** Phases of an agent behind the barrier. */
const BEHIND_BARRIER: ReadonlySet<string | null> = new Set(['download', 'verify', 'finish']);

/**
 * Whether machines may begin to write: enough of them have scanned their disks and ask for it, or are further already.
 * @param waiting those that ask
 */
export function hasStarted(
  { start }: Deployment,
  targets: readonly Target[],
  { waiting, nowMs }: Barrier,
): boolean {
  const ready = targets.filter(
    ({ machine, state, phase }) =>
      state === 'verified' ||
      state === 'finished' ||
      state === 'failed' ||
      (state === 'deploying' && (waiting.has(machine) || BEHIND_BARRIER.has(phase))),
  );
  return ready.length >= start.waitFor && (start.at === null || nowMs >= Date.parse(start.at));
}

/** Who stands before the start of a deployment, and when. */
export interface Barrier {
  readonly waiting: ReadonlySet<string>;
  readonly nowMs: number;
}

/** A machine that was heard longer ago is not waited for: it is off, or broken, and the server has the image, too. */
const PATIENCE_MS = 600_000;

/** Whether machines that have the image have to go on serving it. */
export function isSwarmNeeded(targets: readonly Target[], nowMs: number): boolean {
  return targets.some(
    ({ state, changed }) => NEEDS_SWARM.has(state) && nowMs - Date.parse(changed) < PATIENCE_MS,
  );
}

/** Whether nothing more will happen without an operator. */
export function isOver(targets: readonly Target[]): boolean {
  return !targets.some((target) => isArmed(target));
}

/**
 * What becomes of a machine when its deployment is cancelled. One that has the image goes on to its end, unless it was not
 * heard for long: it may have finished without being able to say so, and would be written to again at its next boot.
 */
export function cancelled(target: Target, nowMs: number): Target {
  const isLost = target.state === 'verified' && nowMs - Date.parse(target.changed) >= PATIENCE_MS;
  return NEEDS_SWARM.has(target.state) || isLost ? { ...target, state: 'cancelled' } : target;
}

/** What becomes of a machine that failed or was cancelled when an operator wants it tried again. */
export function retried(target: Target): Target {
  const isLeft = target.state === 'failed' || target.state === 'cancelled';
  return isLeft
    ? { ...target, state: 'armed', phase: null, share: null, failure: null, report: null }
    : target;
}
