import { describe, expect, it } from 'vitest';
import { loopsOf, mountsOf, swapsOf } from '../../../../src/engine/image/capture/disk-use.ts';

describe('what the kernel says of mounts and swap', () => {
  it('has device, source and place of every mount, blanks and all', () => {
    const mountinfo = [
      '36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue',
      '37 35 0:41 / /srv rw,relatime shared:9 - btrfs /dev/sdb1 rw,subvol=/',
      '',
    ].join('\n');
    expect(mountsOf(mountinfo)).toEqual([
      { device: '98:0', source: '/dev/root', place: '/mnt 2' },
      { device: '0:41', source: '/dev/sdb1', place: '/srv' },
    ]);
  });

  it('has devices and files that are swapped to', () => {
    const swaps =
      'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda3 partition\t8388604\t0\t-2\n/swap\\040file file\t1024\t0\t-3\n';
    expect(swapsOf(swaps)).toEqual(['/dev/sda3', '/swap file']);
  });

  it('has the loop devices that stand for a file', () => {
    const backing = new Map([
      ['loop0', '/images/a.img\n'],
      ['loop1', ''],
      ['loop2', '/images/b.img\n'],
    ]);
    expect(loopsOf(backing, '/images/b.img')).toEqual(['/dev/loop2']);
  });
});
