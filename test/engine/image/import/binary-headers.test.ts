import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ntfsBootSectorCopy } from '../../../../src/engine/image/import/ntfs-boot-sector.ts';
import { qcow2DiskBytes } from '../../../../src/engine/image/import/qcow2-header.ts';
import { readSavedGpt } from '../../../../src/engine/image/import/saved-gpt.ts';
import { extendedBootRecords, readSavedMbr } from '../../../../src/engine/image/import/saved-mbr.ts';
import { ProtocolError } from '../../../../src/engine/protocol-error.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';
import { FUZZ_TIMEOUT_MS, UNTIL_TIME_IS_UP } from '../../fuzzing.ts';
import { run } from './run-tool.ts';

const MEBIBYTE = 2 ** 20;

describe('a saved GUID partition table', () => {
  it('gives back the partitions, the size of the disk and the second copy that sfdisk wrote', async (context) => {
    const file = join(await aFolder(), 'disk.img');
    await writeFile(file, Buffer.alloc(16 * MEBIBYTE));
    await run(
      installedTool(context, 'sfdisk', 'fdisk'),
      ['--quiet', file],
      'label: gpt\nsize=4MiB\nsize=2MiB\nsize=1MiB\nsize=1MiB\nsize=1MiB\n',
    );
    const disk = await readFile(file);
    const { diskBytes, entries, backup } = readSavedGpt(disk.subarray(0, 34 * 512), 512);
    expect(diskBytes).toBe(16 * MEBIBYTE);
    expect(entries.map(({ number, bytes }) => [number, bytes / MEBIBYTE])).toEqual([
      [1, 4],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(backup.diskOffset).toBe(16 * MEBIBYTE - 33 * 512);
    expect(Buffer.from(backup.bytes).equals(disk.subarray(-33 * 512))).toBe(true);
    for (let at = 512; at < 512 + 92; at++) {
      const flipped = Buffer.from(disk.subarray(0, 34 * 512));
      flipped[at]! ^= 1 << (at % 8);
      expect(() => readSavedGpt(flipped, 512), `byte ${at}`).toThrow(ProtocolError);
    }
    expect(() => readSavedGpt(disk.subarray(0, 33 * 512), 512)).toThrow('it ends within the 128 entries');
  });
});

describe('an extended partition without a logical one', () => {
  it('has an empty boot record, as sfdisk writes it', async (context) => {
    const file = join(await aFolder(), 'disk.img');
    await writeFile(file, Buffer.alloc(16 * MEBIBYTE));
    const script = 'label: dos\nsize=4MiB\nsize=2MiB, type=extended\n';
    await run(installedTool(context, 'sfdisk', 'fdisk'), ['--quiet', file], script);
    const disk = await readFile(file);
    const extended = { number: 2, startBytes: 5 * MEBIBYTE, bytes: 2 * MEBIBYTE, type: '5' };
    const records = extendedBootRecords(extended, [], 512);
    expect(records.map(({ diskOffset }) => diskOffset)).toEqual([5 * MEBIBYTE]);
    const theirs = disk.subarray(5 * MEBIBYTE, 5 * MEBIBYTE + 512);
    expect(Buffer.from(records[0]!.bytes).subarray(446)).toEqual(theirs.subarray(446));
  });
});

describe('headers of foreign files', () => {
  it('are read or refused, whatever bytes they have', { timeout: FUZZ_TIMEOUT_MS }, () => {
    const start = (text: string, at = 0) =>
      fc.uint8Array({ minLength: at + 120, maxLength: 1200 }).map((bytes) => {
        const buffer = Buffer.from(bytes);
        buffer.write(text, at, 'latin1');
        return buffer;
      });
    const anyHeader = fc.oneof(
      fc.uint8Array({ maxLength: 1200 }).map((bytes) => Buffer.from(bytes)),
      start('QFI\xfb\0\0\0\x03'),
      start('EFI PART', 512),
      start('NTFS    ', 3),
    );
    fc.assert(
      fc.property(anyHeader, fc.constantFrom(512, 4096), (header, sectorBytes) => {
        for (const read of [
          () => qcow2DiskBytes(header),
          () => readSavedGpt(header, sectorBytes),
          () => readSavedMbr(header, sectorBytes),
        ])
          try {
            read();
          } catch (cause) {
            if (!(cause instanceof ProtocolError)) throw cause;
          }
        const copy = ntfsBootSectorCopy(header, { end: 512, partitionBytes: MEBIBYTE });
        if (copy) expect(copy.offset + copy.bytes.length).toBeLessThanOrEqual(MEBIBYTE);
      }),
      UNTIL_TIME_IS_UP,
    );
  });
});
