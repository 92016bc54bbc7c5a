import { z } from 'zod';
import type { Phase } from '../record/run-record.ts';
import type { Fields } from './field.ts';
import { settings } from './settings.ts';

/** The disk of every machine. */
export function diskSchema(fields: Fields) {
  return settings({
    read: fields.rate().prefault('unlimited').describe('read rate of every machine'),
    write: fields.rate().prefault('unlimited').describe('write rate of every machine'),
    shared: z.boolean().default(false).describe('reading and writing share one budget, as on a hard disk'),
    readBack: z.boolean().default(true).describe('the whole image is read back and compared at the end'),
  });
}

/** Phases whose time a scenario may give; the others follow from the network and the disk. */
export type FixedPhase = Exclude<Phase, 'scan' | 'download' | 'write' | 'verify'>;

/** Phases of fixed length. */
export function phasesSchema(fields: Fields) {
  const time = () => fields.seconds().prefault('0 s');
  return settings({
    boot: time().describe('firmware to agent start'),
    register: time(),
    partition: time(),
    metainfo: time(),
    finish: time().describe('post-deploy steps and restart'),
  });
}
