import { RunFailure } from '../../failure.ts';

/** What was done to the disk when it failed, as in `piece 3 could not be written`. */
export interface DiskAccess {
  readonly what: 'written' | 'read' | 'flushed';
  readonly offset: number;
}

/** Stable codes of what the system says about a disk. */
const CODES: Readonly<Record<string, readonly [code: string, reason: string]>> = {
  ENOSPC: ['DISK_FULL', 'the disk is full'],
  EDQUOT: ['DISK_FULL', 'the disk quota is used up'],
  EFBIG: ['DISK_FULL', 'the disk takes no larger file'],
  EIO: ['DISK_BROKEN', 'the disk reports an input/output error'],
  EBUSY: ['DISK_IN_USE', 'the disk is mounted or used by another program'],
  EROFS: ['DISK_READ_ONLY', 'the disk is read only'],
};

/** Turns the system's error into a sentence with the place on the disk. */
export function diskFailure(cause: unknown, { what, offset }: DiskAccess): RunFailure {
  const { code: systemCode = '', message } = cause as NodeJS.ErrnoException;
  const [code, reason] = CODES[systemCode] ?? ['DISK', message];
  const sentence = `${reason}: disk offset ${offset} could not be ${what}`;
  return new RunFailure(code, systemCode === '' ? sentence : `${sentence} (${systemCode})`, { cause });
}
