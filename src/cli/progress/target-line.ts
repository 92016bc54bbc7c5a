import type { StoredEvent, Target } from '../../engine/index.ts';
import { readable } from './byte-progress.ts';

/** Phases in which an agent goes over the bytes of the image, so that a share is a number of bytes. */
const OVER_BYTES: ReadonlySet<string> = new Set(['scan', 'download', 'verify']);

/** What a machine is at, in a word or two. */
function stageOf({ state, phase }: Target): string {
  switch (state) {
    case 'armed':
      return 'waits to be booted';
    case 'deploying':
      return oneLine(phase ?? 'register');
    case 'verified':
      return 'verified, serves others';
    default:
      return state;
  }
}

/** How much of a bar is filled, 0 to 1: that of its phase, all of it once the image is on the disk. */
export function filledShare({ state, share }: Target): number {
  if (state === 'verified' || state === 'finished') return 1;
  return state === 'armed' ? 0 : (share ?? 0);
}

/**
 * `download 42 %, 212 MB/s, 28 s left`
 * @param perS share per second, where it is known
 * @param rawBytes of the image, where they are known
 */
export function targetLine(
  target: Target,
  { perS, rawBytes }: { readonly perS: number | undefined; readonly rawBytes: number | null },
): string {
  const { state, phase, share, failure } = target;
  if (state === 'failed') return `failed: ${oneLine(failure ?? 'no reason was given')}`;
  if (state !== 'deploying' || share === null) return stageOf(target);
  const done = `${stageOf(target)} ${Math.floor(share * 100)} %`;
  if (perS === undefined) return done;
  const rate = rawBytes !== null && OVER_BYTES.has(phase ?? '') ? `, ${readable(perS * rawBytes)}/s` : '';
  return `${done}${rate}, ${Math.round((1 - share) / perS)} s left`;
}

const WORDS: Readonly<Record<string, string>> = {
  deploymentCreated: 'is created',
  deploymentBegun: 'begins: who has not come is not waited for',
  targetArmed: 'is armed again',
  targetDeploying: 'has registered',
  targetVerified: 'has the image on its disk, read back and compared',
  targetFinished: 'is finished',
  targetFailed: 'failed',
  targetCancelled: 'is cancelled',
  agentNoted: 'notes',
};

/** `22:01:07 pc-1 failed: DISK_FULL: ...` */
export function eventLine(
  { at, machine, deployment, kind, detail }: StoredEvent,
  nameOf: (machine: string) => string,
): string {
  const whose = machine === null ? `deployment ${deployment}` : nameOf(machine);
  const time = new Date(at).toLocaleTimeString('en-GB');
  return `${time} ${whose} ${WORDS[kind] ?? kind}${detail === '' ? '' : `: ${oneLine(detail)}`}`;
}

/** What machines say, for a terminal: it gets no control over it. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

const ORDER = ['failed', 'deploying', 'verified', 'armed', 'cancelled', 'finished'];

/** Those that are worth most to be seen where there is not room for all: what went wrong, then what is at work, the last first. */
export function mostTelling(targets: readonly Target[], room: number): readonly Target[] {
  if (targets.length <= room) return targets;
  const rank = ({ state }: Target) => ORDER.indexOf(state);
  return targets
    .toSorted((one, other) => rank(one) - rank(other) || filledShare(one) - filledShare(other))
    .slice(0, Math.max(0, room));
}

/** `3 finished, 1 failed, 16 deploying` */
export function tally(targets: readonly Target[]): string {
  const counts = new Map<string, number>();
  for (const { state } of targets) counts.set(state, (counts.get(state) ?? 0) + 1);
  return ORDER.toReversed()
    .filter((state) => counts.has(state))
    .map((state) => `${counts.get(state)} ${state}`)
    .join(', ');
}
