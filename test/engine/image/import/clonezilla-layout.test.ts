import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonezillaLayoutOf } from '../../../../src/engine/image/import/clonezilla-layout.ts';
import { diskFrameOf } from '../../../../src/engine/image/import/disk-frame.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';

const DUMP = `label: dos
label-id: 0x0a9d7de2
device: /dev/sda
unit: sectors
sector-size: 512

/dev/sda1 : start=        2048, size=       16384, type=83, bootable
/dev/sda2 : start=       20480, size=       40960, type=5
/dev/sda5 : start=       22528, size=        8192, type=82
/dev/sda6 : start=       32768, size=       16384, type=7
`;
const FILES = {
  disk: 'sda\n',
  parts: 'sda1 sda5 sda6\n',
  'sda-pt.sf': DUMP,
  'sda-pt.parted': 'Disk /dev/sda: 131072s\n',
  'swappt-sda5.info': 'UUID="aa-bb"\nLABEL=""\n',
  'blkid.list': '/dev/sda1: LABEL="root" UUID="11-22" TYPE="ext4"\n/dev/sda6: UUID="33" PARTUUID="44"\n',
};
const NAMES = [
  'sda1.ext4-ptcl-img.gz.aa',
  'sda1.ext4-ptcl-img.gz.ab',
  'sda6.ntfs-ptcl-img.zst',
  'Info-dmi.txt',
];

/** The layout of a folder where some files say something else, or are missing; others are there, too. */
function layoutOf(changes: Record<string, string | undefined> = {}, names: readonly string[] = NAMES) {
  const texts = new Map(
    Object.entries({ ...FILES, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  return clonezillaLayoutOf({ names: [...texts.keys(), ...names], texts });
}

describe('layout of a Clonezilla folder', () => {
  it('is refused where the disk is a dynamic one of Windows', () => {
    const gpt = DUMP.replace('label: dos', 'label: gpt').replace(/.*sda[256].*\n/g, '');
    const data = 'af9b60a0-1431-4f62-bc68-3311714a69ad';
    for (const dump of [DUMP.replace('type=7', 'type=42'), gpt.replace('type=83', `type=${data}`)])
      expect(() => layoutOf({ 'sda-pt.sf': dump })).toThrow(/^sda-pt.sf: it is a dynamic disk of Windows/);
  });

  it('finds partitions, their files in order, swap, names and the size of the disk', () => {
    const { partitions, extended, diskBytes, table } = layoutOf();
    expect({ table, diskBytes, extended }).toMatchObject({
      table: 'mbr',
      diskBytes: 67_108_864,
      extended: { number: 2 },
    });
    expect(partitions).toMatchObject([
      {
        number: 1,
        startBytes: 1_048_576,
        bytes: 8_388_608,
        fileSystem: 'ext4',
        uuid: '11-22',
        label: 'root',
        stream: {
          files: ['sda1.ext4-ptcl-img.gz.aa', 'sda1.ext4-ptcl-img.gz.ab'],
          compression: 'gz',
          form: 'partclone',
        },
      },
      { number: 5, fileSystem: 'swap', uuid: 'aa-bb' },
      {
        number: 6,
        fileSystem: 'ntfs',
        uuid: '33',
        stream: { files: ['sda6.ntfs-ptcl-img.zst'], compression: 'zst' },
      },
    ]);
  });

  it('reads the tables that sfdisk wrote before 2014', () => {
    const old =
      '# partition table of /dev/sda\nunit: sectors\n\n/dev/sda1 : start=     2048, size= 16384, Id=83, bootable\n/dev/sda2 : start= 20480, size= 8192, Id=82\n/dev/sda3 : start=        0, size=        0, Id= 0\n';
    const { partitions } = layoutOf({ 'sda-pt.sf': old, parts: 'sda1', 'swappt-sda2.info': 'UUID="1"' });
    expect(partitions.map(({ number, fileSystem }) => [number, fileSystem])).toEqual([
      [1, 'ext4'],
      [2, 'swap'],
    ]);
  });

  it('knows the partitions of a disk whose name ends in a digit', () => {
    const changes = {
      disk: 'nvme0n1',
      parts: 'nvme0n1p2',
      'nvme0n1-pt.sf':
        'label: gpt\n/dev/nvme0n1p2 : start= 2048, size= 8192, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4\n',
    };
    const { partitions } = layoutOf(changes, ['nvme0n1p2.dd-img.aa']);
    expect(partitions).toMatchObject([{ number: 2, stream: { form: 'whole', compression: 'uncomp' } }]);
  });

  it.each<[string, Record<string, string | undefined>, readonly string[], RegExp]>([
    ['LUKS', { 'luks-dev.list': 'x' }, NAMES, /^luks-dev.list: .*LUKS/],
    ['LVM', { 'lvm_vg_dev.list': 'x' }, NAMES, /^lvm_vg_dev.list: .*LVM/],
    ['ecryptfs', { 'ecryptfs.info': 'x' }, NAMES, /^ecryptfs.info: .*encrypted/],
    ['several disks', { disk: 'sda sdb' }, NAMES, /^disk: it names 2 disks/],
    [
      'a disk that is a path',
      { disk: '../../etc/passwd' },
      NAMES,
      /^disk: "\.\.\/\.\.\/etc\/passwd" is no name of a device/,
    ],
    [
      'a part that is a path',
      { parts: 'sda1 ../../etc/x' },
      NAMES,
      /^parts: "\.\.\/\.\.\/etc\/x" is no name/,
    ],
    ['a part of no partition', { parts: 'sda1 sda9' }, NAMES, /^parts: sda9 is not in sda-pt.sf/],
    ['a table without a file', { 'sda-pt.sf': undefined }, NAMES, /^sda-pt.sf is missing/],
    ['a partition that was not saved', {}, [NAMES[0]!, NAMES[1]!], /sda6 was not saved/],
    ['a missing part', {}, [NAMES[1]!, NAMES[2]!], /the part aa of sda1 is missing/],
    [
      'a missing part in the middle',
      {},
      [...NAMES, 'sda1.ext4-ptcl-img.gz.ad'],
      /the part ac of sda1 is missing/,
    ],
    ['a partition saved twice', {}, [...NAMES, 'sda1.ext4-ptcl-img.zst'], /sda1 is saved twice/],
    ['ntfsclone', {}, [...NAMES.slice(0, 2), 'sda6.ntfs-img.aa'], /made by ntfsclone/],
    [
      'a compression of yesterday',
      {},
      [...NAMES.slice(0, 2), 'sda6.ntfs-ptcl-img.lzo.aa'],
      /compressed as lzo/,
    ],
    [
      'overlapping partitions',
      { 'sda-pt.sf': DUMP.replace('32768', '30000') },
      NAMES,
      /partition 6 begins at 15360000, inside partition 5/,
    ],
    [
      'swap without room for a header',
      { 'sda-pt.sf': DUMP.replace('8192, type=82', '7, type=82') },
      NAMES,
      /sda5 has 3584 bytes/,
    ],
    [
      'sectors that no disk has',
      { 'sda-pt.sf': DUMP.replace('32768', '99999999999999999999') },
      NAMES,
      /no start that a disk can have/,
    ],
    ['sectors of 4 KiB', { 'sda-pt.sf': DUMP.replace('512', '4096') }, NAMES, /sectors have 4096 bytes/],
    [
      'a partition of another disk',
      { 'sda-pt.sf': DUMP.replace('/dev/sda6', '/dev/sdb6') },
      NAMES,
      /(sda6 is not in|is no partition of sda)/,
    ],
  ])('refuses %s with the place of the fault', (_, changes, names, message) => {
    const all = [...names, ...Object.keys(changes)];
    expect(() => layoutOf(changes, all)).toThrow(message);
    expect(() => layoutOf(changes, all)).toThrow(ProtocolError);
  });

  it('refuses boot code that reaches into the first partition, and a disk that is too small', () => {
    const layout = layoutOf();
    const mbr = anMbr();
    expect(() => diskFrameOf(layout, { mbr, afterMbr: Buffer.alloc(1_048_576) })).toThrow(
      /have 1049088 bytes, but partition 1 begins at 1048576/,
    );
    expect(() => diskFrameOf({ ...layout, diskBytes: 1_000_000 }, { mbr })).toThrow(
      /of a disk of 1000000 bytes/,
    );
    expect(diskFrameOf(layout, { mbr }).diskBytes).toBe(67_108_864);
  });

  it('refuses a boot record that has other partitions than the text', () => {
    const mbr = anMbr();
    mbr.writeUInt32LE(4096, 446 + 8);
    expect(() => diskFrameOf(layoutOf(), { mbr })).toThrow(/^sda-mbr: partition 1 is at 2097152/);
    const more = anMbr();
    more.writeUInt8(7, 446 + 32 + 4);
    more.writeUInt32LE(1, 446 + 32 + 12);
    expect(() => diskFrameOf(layoutOf(), { mbr: more })).toThrow(
      /^sda-mbr: it has a partition 3 that the table in text lacks/,
    );
    expect(() => diskFrameOf(layoutOf(), {})).toThrow('sda-mbr is missing');
  });

  it('says no more than what is wrong of any texts and names', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 40, unit: 'binary' }),
      fc.constantFrom(
        '/dev/sda1',
        ' : ',
        'start=',
        'size=',
        '2048',
        '18446744073709551616',
        'type=5',
        'Id= f',
        '\n',
        'label: gpt',
        '../..',
        'sda6',
        'UUID="',
      ),
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc
        .tuple(fc.constantFrom(...Object.values(FILES)), fc.nat({ max: 400 }), piece)
        .map(([whole, at, other]) => whole.slice(0, at) + other + whole.slice(at + other.length)),
    );
    const names = fc.array(
      fc.oneof(
        fc.constantFrom(...NAMES),
        piece.map((middle) => `sda1.${middle}`),
        fc.stringMatching(/^sda[16]\.[a-z0-9]{1,5}-(ptcl-)?img(\.[a-z0-9]{2,5})?(\.[a-z]{2})?$/),
      ),
      { maxLength: 8 },
    );
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(FILES)), text, { maxKeys: 3 });
    fc.assert(
      fc.property(
        changes,
        fc.boolean(),
        names,
        fc.uint8Array({ maxLength: 600 }),
        (changed, areRight, odd, mbr) => {
          try {
            const layout = layoutOf(changed, areRight ? NAMES : odd);
            diskFrameOf(layout, { mbr: Buffer.from(mbr), gptFirst: Buffer.from(mbr) });
          } catch (cause) {
            if (!(cause instanceof ProtocolError)) throw cause;
          }
        },
      ),
      UNTIL_TIME_IS_UP,
    );
  });
});

/** The boot record of the table above. */
function anMbr(): Buffer {
  const mbr = Buffer.alloc(512);
  for (const [place, type, first, sectors] of [
    [0, 0x83, 2048, 16_384],
    [1, 5, 20_480, 40_960],
  ] as const) {
    mbr.writeUInt8(type, 446 + place * 16 + 4);
    mbr.writeUInt32LE(first, 446 + place * 16 + 8);
    mbr.writeUInt32LE(sectors, 446 + place * 16 + 12);
  }
  mbr.writeUInt16LE(0xaa55, 510);
  return mbr;
}
