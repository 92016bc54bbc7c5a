import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedRanges } from '../../../../src/engine/image/disk/byte-ranges.ts';
import { containerOf } from '../../../../src/engine/image/file-system/container-of.ts';
import { fileSystemOf } from '../../../../src/engine/image/file-system/file-system-of.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { btrfs, exfat, ext, fat, MIB, ntfs, swap, volumeOf, xfs } from '../a-volume.ts';

/** [what, how it is made, where what is read of it stands: offset and length] */
const VOLUMES = [
  [
    'ext4',
    ext(40 * MIB, 'ext4', '-b', '1024'),
    [
      [1024, 1024],
      [2048, 512],
    ],
  ],
  [
    'NTFS',
    ntfs(8 * MIB),
    [
      [0, 512],
      [4 * 4096, 8192],
      [2 * 4096, 4096],
    ],
  ],
  [
    'FAT12',
    fat(4 * MIB, 12),
    [
      [0, 512],
      [512, 6144],
    ],
  ],
  [
    'FAT32',
    fat(40 * MIB, 32),
    [
      [0, 512],
      [16_384, 4096],
    ],
  ],
  [
    'exFAT',
    exfat(8 * MIB),
    [
      [0, 512],
      [MIB, 8192],
      [2 * MIB, 16_384],
    ],
  ],
  [
    'XFS',
    xfs(300 * MIB),
    [
      [0, 512],
      [512, 512],
      [4096, 4096],
    ],
  ],
  [
    'Btrfs',
    btrfs(120 * MIB),
    [
      [65_536, 4096],
      [MIB, 65_536],
      [5 * MIB, 65_536],
      [22 * MIB, 65_536],
      [30 * MIB, 65_536],
    ],
  ],
  ['swap', swap(MIB), [[0, 4096]]],
] as const;

/** All but a few of the bytes that are changed are lengths, places and flags. */
const someByte = fc.oneof(fc.constantFrom(0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff), fc.nat(255));

describe('a volume that is hostile', () => {
  it.for(VOLUMES)(
    'is read or costs a ProtocolError, and names nothing beyond its end: %s',
    { timeout: FUZZ_TIMEOUT_MS },
    async ([, make, areas], context) => {
      const bytes = await readFile(await make(context));
      const volume = volumeOf(bytes);
      const change = fc.record({ area: fc.constantFrom(...areas), at: fc.nat(2 ** 16), byte: someByte });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
          const places = changes.map(({ area, at, byte }) => ({ place: area[0] + (at % area[1]), byte }));
          const before = places.map(({ place }) => bytes[place]!);
          for (const { place, byte } of places) bytes[place] = byte;
          try {
            const fileSystem = await fileSystemOf(volume);
            await containerOf(volume);
            const used = mergedRanges(fileSystem?.used ?? []);
            for (const { start, end } of used) {
              expect(start).toBeGreaterThanOrEqual(0);
              expect(end).toBeLessThanOrEqual(volume.bytes);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          } finally {
            places.toReversed().forEach(({ place }, index) => {
              bytes[place] = before[places.length - 1 - index]!;
            });
          }
        }),
        UNTIL_TIME_IS_UP,
      );
    },
  );

  it('is nothing that is known where it is too short for anything', async () => {
    for (let bytes = 0; bytes < 2048; bytes += 128)
      expect(await fileSystemOf(volumeOf(Buffer.alloc(bytes)))).toBeNull();
  });
});
