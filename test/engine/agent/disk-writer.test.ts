import { existsSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { aFolder, someBytes } from '../an-image.ts';
import { loopDeviceOf, mounted } from '../image/a-mounted-volume.ts';
import { ext, MIB } from '../image/a-volume.ts';
import { BrokenDisk, DeafDisk, MemoryDisk, StingyDisk } from './disks.ts';

describe('the disk writer', () => {
  it('writes and reads everything, however little the system takes and gives at a time', async () => {
    const disk = new StingyDisk(200);
    const writer = new DiskWriter(disk, { sizeBytes: 200 });
    await writer.writeAt(30, someBytes(100));
    expect(disk.bytes.subarray(30, 130)).toEqual(someBytes(100));
    expect(Buffer.from(await writer.readAt(30, new Uint8Array(100)))).toEqual(someBytes(100));
  });

  it.each([
    ['ENOSPC', 'DISK_FULL', 'the disk is full: disk offset 64 could not be written (ENOSPC)'],
    [
      'EIO',
      'DISK_BROKEN',
      'the disk reports an input/output error: disk offset 64 could not be written (EIO)',
    ],
  ])('says in a sentence what %s means and where it happened', async (systemCode, code, message) => {
    const writer = new DiskWriter(new BrokenDisk(200, systemCode, 64), { sizeBytes: 200 });
    await expect(writer.writeAt(0, someBytes(100))).rejects.toMatchObject({ code, message });
  });

  it('refuses a device with a mounted file system, and one that somebody holds', async (context) => {
    const { path } = loopDeviceOf(context, await ext(40 * MIB, 'ext4')(context));
    const volume = await mounted(context, path);
    await expect(DiskWriter.open(path)).rejects.toMatchObject({ code: 'DISK_IN_USE' });
    volume.unmount();
    const held = await DiskWriter.open(path);
    onTestFinished(() => held.close());
    await expect(DiskWriter.open(path)).rejects.toMatchObject({ code: 'DISK_IN_USE' });
  });

  it('does not wait for ever for a disk that takes nothing', async () => {
    const writer = new DiskWriter(new DeafDisk(200), { sizeBytes: 200 });
    await expect(writer.writeAt(0, someBytes(10))).rejects.toThrow('the disk takes no more bytes');
  });

  it('does not read behind the end of the disk', async () => {
    const writer = new DiskWriter(new MemoryDisk(200), { sizeBytes: 200 });
    await expect(writer.readAt(190, new Uint8Array(20))).rejects.toThrow(
      'the disk ends here: disk offset 200 could not be read',
    );
  });

  it('writes to its place on a disk that exists, and leaves the rest alone', async () => {
    const path = join(await aFolder(), 'disk.img');
    await writeFile(path, someBytes(100, 'before'));
    await truncate(path, 300);
    const writer = await DiskWriter.open(path);
    await writer.writeAt(100, someBytes(50));
    await writer.close();
    const expected = Buffer.concat([someBytes(100, 'before'), someBytes(50), Buffer.alloc(150)]);
    expect(await readFile(path)).toEqual(expected);
    expect(writer.sizeBytes).toBe(300);
  });

  it('makes no file where there is no disk', async () => {
    const path = join(await aFolder(), 'disk.img');
    await expect(DiskWriter.open(path)).rejects.toMatchObject({ code: 'DISK' });
    expect(existsSync(path)).toBe(false);
  });
});
