import { open, readFile, truncate } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { readPartitionTable } from '../../../../src/engine/image/disk/partition-table.ts';
import { relocatedGpt } from '../../../../src/engine/image/disk/relocated-gpt.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { RunFailure } from '../../../../src/failure.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { aPartitionedDisk, sfdisk, sfdiskPartitions } from '../a-partitioned-disk.ts';
import { MIB, tool, volumeOf } from '../a-volume.ts';

const DISK_BYTES = 16 * MIB;
const HEAD_BYTES = 34 * 512;

const aGptDisk = (context: TestContext, script = 'label: gpt\nsize=1MiB\nsize=2MiB\nsize=12MiB\n') =>
  aPartitionedDisk(context, DISK_BYTES, script);

/** Makes the disk larger, as a golden image on a larger disk would be, and moves its table. */
async function relocate(file: string, diskBytes: number): Promise<void> {
  const primary = (await readFile(file)).subarray(0, HEAD_BYTES);
  await truncate(file, diskBytes);
  const disk = await open(file, 'r+');
  for (const { diskOffset, bytes } of relocatedGpt({ primary, diskBytes, sectorBytes: 512 }))
    await disk.write(bytes, 0, bytes.length, diskOffset);
  await disk.close();
}

describe('the GPT of a smaller disk', () => {
  it.for([DISK_BYTES + 512, DISK_BYTES + 8192, DISK_BYTES + 16_384, 17 * MIB, 100 * MIB + 4096])(
    'is in order on a disk of %i bytes, as sgdisk and sfdisk see it',
    async (diskBytes, context) => {
      const file = await aGptDisk(context);
      const before = await sfdiskPartitions(context, file);
      await relocate(file, diskBytes);
      expect(await tool(context, 'sgdisk', 'gdisk')('--verify', file)).toMatch(/No problems found/);
      expect(await sfdisk(context, ['--verify', file])).toMatch(/No errors detected/);
      expect(await sfdiskPartitions(context, file)).toEqual(before);
      expect((await readPartitionTable(volumeOf(await readFile(file)), 512)).kind).toBe('gpt');
    },
  );

  it('leaves room for partitions up to the new end', async (context) => {
    const file = await aGptDisk(context);
    await relocate(file, 64 * MIB);
    await sfdisk(context, ['--quiet', '-N', '3', file], ', +\n');
    const partitions = await sfdiskPartitions(context, file);
    expect(partitions[2]!.startBytes + partitions[2]!.bytes).toBeGreaterThan(62 * MIB);
  });

  it('is not found a second time at its old end', async (context) => {
    const file = await aGptDisk(context);
    await relocate(file, 64 * MIB);
    expect((await readFile(file)).subarray(DISK_BYTES - 512, DISK_BYTES)).toEqual(Buffer.alloc(512));
  });

  it('stays as it is on a disk of its size', async (context) => {
    const primary = (await readFile(await aGptDisk(context))).subarray(0, HEAD_BYTES);
    expect(relocatedGpt({ primary, diskBytes: DISK_BYTES, sectorBytes: 512 })).toEqual([]);
  });

  it('can be put right from one of its copies after every single write', async (context) => {
    const file = await aGptDisk(context);
    const primary = (await readFile(file)).subarray(0, HEAD_BYTES);
    await truncate(file, 20 * MIB);
    const disk = await open(file, 'r+');
    for (const { diskOffset, bytes } of relocatedGpt({ primary, diskBytes: 20 * MIB, sectorBytes: 512 })) {
      await disk.write(bytes, 0, bytes.length, diskOffset);
      // sfdisk reads whichever copy is whole.
      expect(await sfdiskPartitions(context, file)).toHaveLength(3);
    }
    await disk.close();
  });

  it('is refused on a smaller disk, and says what it needs', async (context) => {
    const primary = (await readFile(await aGptDisk(context))).subarray(0, HEAD_BYTES);
    const relocation = () => relocatedGpt({ primary, diskBytes: DISK_BYTES - 512, sectorBytes: 512 });
    expect(relocation).toThrow(RunFailure);
    expect(relocation).toThrow(`its partition table needs ${DISK_BYTES}`);
  });

  it('with wrong checksums is refused, whatever was changed', {
    timeout: FUZZ_TIMEOUT_MS,
  }, async (context) => {
    const primary = (await readFile(await aGptDisk(context))).subarray(0, HEAD_BYTES);
    fc.assert(
      // The rest of the sector behind the header is nobody's.
      fc.property(
        fc.oneof(fc.nat(91), fc.integer({ min: 512, max: HEAD_BYTES - 513 })),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const hostile = Buffer.from(primary);
          hostile[512 + at]! ^= change;
          expect(() => relocatedGpt({ primary: hostile, diskBytes: 20 * MIB, sectorBytes: 512 })).toThrow(
            ProtocolError,
          );
        },
      ),
      UNTIL_TIME_IS_UP,
    );
  });
});
