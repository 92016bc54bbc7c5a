import type { AgentReport } from '../http/agent-report.ts';
import type { PostDeploySteps } from './post-deploy-steps.ts';

/** When the machines of a deployment may begin: when so many are ready to write (0: at once), and not before this time. */
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

/** States of a machine that is not done: it boots the agent, also after a power cut. */
const UNDONE: ReadonlySet<TargetState> = new Set(['armed', 'deploying', 'verified']);
/** States in which a machine still needs what others have. */
const NEEDS_SWARM: ReadonlySet<TargetState> = new Set(['armed', 'deploying']);

/** A machine that was heard longer ago is not waited for: it is off, or broken, and the server has the image, too. */
const PATIENCE_MS = 600_000;

/** Whether an operator has asked for this machine to be written to at its next boot, and it is not done. */
export function isArmed(target: Target, nowMs: number): boolean {
  return UNDONE.has(target.state) && !isLost(target, nowMs);
}

/**
 * Whether a machine has the image and was not heard for long, as it is while it waits and works: it may have finished
 * without being able to say so, and somebody may work with it.
 */
function isLost({ state, changed }: Target, nowMs: number): boolean {
  return state === 'verified' && !isHeard(changed, nowMs);
}

/** Phases of an agent behind the barrier. */
const BEHIND_BARRIER: ReadonlySet<string | null> = new Set(['download', 'verify', 'finish']);

/**
 * Whether machines may begin to write: enough of them have scanned their disks and ask for it, or one is further already.
 * What has started stays so: machines that failed or were cancelled on the way are not waited for by those that are tried
 * again.
 */
export function hasStarted(
  { start }: Deployment,
  targets: readonly Target[],
  { waiting, nowMs }: Barrier,
): boolean {
  if (targets.some(isBehindBarrier)) return true;
  const ready = targets.filter(
    ({ machine, state, changed }) =>
      state === 'failed' || (state === 'deploying' && waiting.has(machine) && isHeard(changed, nowMs)),
  );
  return ready.length >= start.waitFor && (start.at === null || nowMs >= Date.parse(start.at));
}

function isHeard(changed: string, nowMs: number): boolean {
  // A clock that stands behind knows nothing of when that was.
  return Math.abs(nowMs - Date.parse(changed)) < PATIENCE_MS;
}

function isBehindBarrier({ state, phase }: Target): boolean {
  return state === 'verified' || state === 'finished' || BEHIND_BARRIER.has(phase);
}

/** Who stands before the start of a deployment, and when. */
export interface Barrier {
  readonly waiting: ReadonlySet<string>;
  readonly nowMs: number;
}

/** Whether machines that have the image have to go on serving it. */
export function isSwarmNeeded(targets: readonly Target[], nowMs: number): boolean {
  return targets.some(({ state, changed }) => NEEDS_SWARM.has(state) && isHeard(changed, nowMs));
}

/** Whether nothing more will happen without an operator. */
export function isOver(targets: readonly Target[], nowMs: number): boolean {
  return !targets.some((target) => isArmed(target, nowMs));
}

/** What becomes of a machine when its deployment is cancelled. One that has the image and is heard goes on to its end. */
export function cancelled(target: Target, nowMs: number): Target {
  return NEEDS_SWARM.has(target.state) || isLost(target, nowMs) ? { ...target, state: 'cancelled' } : target;
}

/** What becomes of a machine that is cancelled by its name, whatever it is at: nobody waits for it or arms it any more. */
export function givenUp(target: Target): Target {
  return target.state === 'finished' ? target : { ...target, state: 'cancelled' };
}

const SAME_MACHINE = 'it is the same machine as ';

/** What becomes of a machine's second name in a deployment when it has come under its first. */
export function doubled(target: Target, machine: string): Target {
  return { ...target, state: 'cancelled', failure: `${SAME_MACHINE}${machine}` };
}

/**
 * What becomes of a machine that failed, was cancelled or is lost when an operator wants it tried again. Its second name
 * stays as it is: a machine that is done would be written over by it.
 */
export function retried(target: Target, nowMs: number): Target {
  if (target.failure?.startsWith(SAME_MACHINE)) return target;
  const isLeft = target.state === 'failed' || target.state === 'cancelled' || isLost(target, nowMs);
  return isLeft
    ? { ...target, state: 'armed', phase: null, share: null, failure: null, report: null }
    : target;
}
