import { describe, expect, it } from 'vitest';
import { type DiskWish, targetDisk } from '../../../src/engine/agent/target-disk.ts';
import { aDisk } from './a-deployment.ts';

const GB = 1e9;
const SDA = aDisk({ path: '/dev/sda', serial: 'S1', wwn: 'naa.1', sizeBytes: 500 * GB });
const SDB = aDisk({ path: '/dev/sdb', serial: 'S2', wwn: 'naa.2', sizeBytes: 500 * GB });
const SMALL = aDisk({ path: '/dev/sdc', serial: 'S3', wwn: 'naa.3', sizeBytes: 8 * GB });
const STICK = aDisk({ path: '/dev/sdd', serial: 'S4', wwn: 'naa.4', sizeBytes: 900 * GB, isRemovable: true });
const LOCKED = aDisk({ path: '/dev/sde', serial: 'S5', wwn: 'naa.5', sizeBytes: 900 * GB, isReadOnly: true });
const ONLY: DiskWish = { by: 'only' };

describe('the disk to write', () => {
  it.each([
    { by: 'serial', is: 'S2' },
    { by: 'wwn', is: 'naa.2' },
    { by: 'path', is: '/dev/sdb' },
  ] as const)('is the one of this $by', (wish) => {
    expect(targetDisk([SDA, SDB, SMALL], wish, 100 * GB)).toBe(SDB);
  });

  it('is the only fixed one that is large enough, whatever sticks and locked disks there are', () => {
    expect(targetDisk([SMALL, SDA, STICK, LOCKED], ONLY, 100 * GB)).toBe(SDA);
  });

  it('may be a stick when it is named', () => {
    expect(targetDisk([SDA, STICK], { by: 'serial', is: 'S4' }, 100 * GB)).toBe(STICK);
  });

  it.each([
    ['two are large enough', [SDA, SDB], ONLY],
    ['two have one serial', [SDA, { ...SDB, serial: 'S1' }], { by: 'serial', is: 'S1' }],
  ] as const)('is none when %s', (_, disks, wish) => {
    expect(() => targetDisk(disks, wish, 100 * GB)).toThrow(
      expect.objectContaining({ code: 'DISK_AMBIGUOUS', message: expect.stringContaining('/dev/sdb') }),
    );
  });

  it('is none when the one that is meant is too small', () => {
    expect(() => targetDisk([SMALL, SDA], { by: 'serial', is: 'S3' }, 100 * GB)).toThrow(
      expect.objectContaining({
        code: 'DISK_TOO_SMALL',
        message: expect.stringContaining('8000000000 bytes'),
      }),
    );
    expect(() => targetDisk([SMALL, STICK], ONLY, 100 * GB)).toThrow(
      expect.objectContaining({ code: 'DISK_TOO_SMALL' }),
    );
  });

  it.each([[[]], [[STICK]]])('is none when there is nothing to choose from', (disks) => {
    expect(() => targetDisk(disks, ONLY, 1)).toThrow(expect.objectContaining({ code: 'DISK_MISSING' }));
  });

  it('is never one that has no serial because none was asked for', () => {
    const nameless = aDisk({ serial: '' });
    expect(() => targetDisk([nameless], { by: 'serial', is: 'S9' }, 1)).toThrow(
      expect.objectContaining({ code: 'DISK_MISSING' }),
    );
  });
});
