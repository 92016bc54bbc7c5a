import type { Fault } from '../scenario/faults-schema.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What a fault asks of an executor, one name for each ability. */
export type FaultName =
  | 'kill'
  | 'kill.back'
  | 'join'
  | 'slow'
  | 'slow.at'
  | 'cut'
  | 'cut.server'
  | 'stop.server'
  | 'stop.tracker'
  | 'full'
  | 'corrupt'
  | 'fail'
  | 'fail.back'
  | 'seederLeaves';

/** The names of a fault: that of its kind, and one for each thing that not everybody can do. */
function faultNames(fault: Fault): FaultName[] {
  if ('kill' in fault) return fault.back === undefined ? ['kill'] : ['kill', 'kill.back'];
  if ('join' in fault) return ['join'];
  if ('slow' in fault) return fault.at === 0 && fault.for === undefined ? ['slow'] : ['slow', 'slow.at'];
  if ('cut' in fault) return [fault.cut === 'server' ? 'cut.server' : 'cut'];
  if ('stop' in fault) return [`stop.${fault.stop}`];
  if ('full' in fault) return ['full'];
  if ('corrupt' in fault) return ['corrupt'];
  if ('fail' in fault) return fault.back === undefined ? ['fail'] : ['fail', 'fail.back'];
  return ['seederLeaves'];
}

/** What the faults of a scenario ask for beyond what an executor can, each as `key: reason`. */
export function unsupportedFaultNames(
  { faults }: Scenario,
  supported: readonly FaultName[],
  executor: string,
): string[] {
  const asked = new Set(faults.flatMap(faultNames));
  return [...asked]
    .filter((name) => !supported.includes(name))
    .map((name) => `faults.${name}: ${executor} does not do this`);
}
