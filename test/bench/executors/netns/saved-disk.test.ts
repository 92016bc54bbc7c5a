import { describe, expect, it } from 'vitest';
import {
  finishingPipe,
  partitionPipe,
} from '../../../../src/bench/executors/netns/clonezilla/restore-pipes.ts';
import { savedPartitions } from '../../../../src/bench/executors/netns/clonezilla/saved-disk.ts';

const DUMP = `label: dos
device: /dev/sda
unit: sectors
sector-size: 512

/dev/sda1 : start=        2048, size=        4096, type=7, bootable
/dev/sda2 : start=        6144, size=       10240, type=5
/dev/sda5 : start=        8192, size=        2048, type=83
`;
const SYSTEMS = '/dev/sda1 ntfs\n/dev/sda5 unknown\n';

describe('a disk as Clonezilla saves it', () => {
  it('has a file for each partition that holds data, named for its file system', () => {
    expect(savedPartitions(DUMP, SYSTEMS)).toEqual([
      {
        device: 'sda1',
        fileSystem: 'ntfs',
        diskOffset: 2048 * 512,
        bytes: 4096 * 512,
        file: 'sda1.ntfs-ptcl-img.zst',
      },
      {
        device: 'sda5',
        fileSystem: 'unknown',
        diskOffset: 8192 * 512,
        bytes: 2048 * 512,
        file: 'sda5.dd-ptcl-img.zst',
      },
    ]);
  });

  it('is restored by partclone where it knows the file system, else by a plain copy', () => {
    const programs = savedPartitions(DUMP, SYSTEMS).map(
      (partition) => partitionPipe('disk.img', partition, (file) => ['curl', file]).at(-1)![0],
    );
    expect(programs).toEqual(['partclone.restore', 'dd']);
  });

  it('gets the last sector of NTFS, which partclone leaves out, from its first', () => {
    const [ntfs, unknown] = savedPartitions(DUMP, SYSTEMS);
    expect(finishingPipe('disk.img', ntfs!)![0]).toEqual(
      expect.arrayContaining(['skip=2048', `seek=${2048 + 4096 - 1}`, 'count=1', 'conv=notrunc']),
    );
    expect(finishingPipe('disk.img', unknown!)).toBeNull();
  });
});
