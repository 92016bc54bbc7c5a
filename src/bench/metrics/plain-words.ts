import type { RecordSource, Transport } from '../record/run-record.ts';
import { readableTime } from './readable-units.ts';

/** Transports as tables, legends and sentences name them. */
export const TRANSPORT_WORDS: Readonly<Record<Transport, string>> = {
  p2p: 'P2P',
  webtorrent: 'webtorrent',
  aria2: 'aria2',
  libtorrent: 'libtorrent',
  unicast: 'unicast',
  'clonezilla-unicast': 'Clonezilla unicast',
  multicast: 'multicast',
  'clonezilla-multicast': 'Clonezilla multicast',
  chain: 'chain',
};

/** Who found a number, as tables, legends and sentences name it. */
export const SOURCE_WORDS: Readonly<Record<RecordSource, string>> = {
  theory: 'theory',
  fluid: 'fluid model',
  sim: 'simulated',
  local: 'measured',
  netns: 'measured in netns',
  vm: 'measured in virtual machines',
  hardware: 'measured on real machines',
  published: 'published',
};

/** The variant, or `plain` for the scenario as it stands. */
export function variantWords(variant: string): string {
  return variant === '' ? 'plain' : variant;
}

/** Instead of a makespan where there is none. @param unfinishedAfterS when a run was given up, if one was */
export function untimedWords({ unfinishedAfterS, unfinishedRuns = 1, runs = 1 }: Untimed): string {
  if (typeof unfinishedAfterS !== 'number') return 'none finished';
  const which = unfinishedRuns < runs ? ` in ${unfinishedRuns} of ${runs} runs` : '';
  return `not finished after ${readableTime(unfinishedAfterS)}${which}`;
}

/** Beside a makespan that is not of all runs; empty where it is. */
export function untimedRunsWords({ runs, timedRuns }: { runs: number; timedRuns: number }): string {
  return timedRuns < runs ? `nobody finished in ${runs - timedRuns} of ${runs} runs` : '';
}

interface Untimed {
  readonly unfinishedAfterS?: number | null | undefined;
  readonly unfinishedRuns?: number;
  readonly runs?: number;
}

/** `1 machine`, `8 machines`; for words whose plural ends in s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
