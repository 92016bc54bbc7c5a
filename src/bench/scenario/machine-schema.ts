import { settings } from '../../settings/group.ts';
import type { Phase } from '../record/run-record.ts';
import type { Fields } from './field.ts';

/** Phases whose time a scenario may give; the others follow from the network and the disk. */
export type FixedPhase = Exclude<Phase, 'scan' | 'download' | 'write' | 'verify'>;

/** Phases of fixed length. */
export function phasesSchema(fields: Fields) {
  const time = () => fields.seconds().prefault('0 s');
  return settings({
    boot: time().describe('firmware to agent start, beside what `boot` says'),
    register: time(),
    metainfo: time(),
    partition: time(),
    finish: time().describe('post-deploy steps and restart'),
  });
}
