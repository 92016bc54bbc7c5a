import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fileSystemOf } from '../../../../src/engine/image/file-system/file-system-of.ts';
import { MIB, ntfs, volumeOf } from '../a-volume.ts';

const PAGE_BYTES = 4096;
const [CLOSED, OPEN] = [0xffff, 0];

/** A restart page as Windows writes it (ntfs-3g: logfile.h). */
function restartPage({ sequence, client }: { sequence: number; client: number }): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  page.write('RSTR');
  // The update sequence: where it is, and one number for each sector besides its own.
  page.writeUInt16LE(30, 4);
  page.writeUInt16LE(9, 6);
  page.writeUInt16LE(7, 30);
  for (let end = 510; end < PAGE_BYTES; end += 512) page.writeUInt16LE(7, end);
  page.writeUInt32LE(PAGE_BYTES, 16);
  page.writeUInt32LE(PAGE_BYTES, 20);
  page.writeUInt16LE(64, 24);
  page.writeBigInt64LE(BigInt(sequence), 64);
  page.writeUInt16LE(client, 64 + 12);
  return page;
}

/** One that chkdsk wrote, without an update sequence, over an area that somebody was writing to. */
function chkdskPage(sequence: number): Buffer {
  const page = restartPage({ sequence: 0, client: OPEN });
  page.write('CHKD');
  page.writeUInt16LE(0, 6);
  page.writeBigInt64LE(BigInt(sequence), 8);
  return page;
}

function torn(page: Buffer): Buffer {
  page.writeUInt16LE(6, 1022);
  return page;
}

const closedAt = (sequence: number) => restartPage({ sequence, client: CLOSED });
const openAt = (sequence: number) => restartPage({ sequence, client: OPEN });

it.for<[string, Buffer, Buffer, 'closed' | 'open']>([
  ['closed, and then open', closedAt(10), openAt(20), 'open'],
  ['closed after open', closedAt(20), openAt(10), 'closed'],
  ['open, and then closed', openAt(10), closedAt(20), 'closed'],
  ['open after closed', openAt(20), closedAt(10), 'open'],
  ['of the first written in part, and the second closed', torn(openAt(20)), closedAt(10), 'closed'],
  ['of the first written in part, and the second open', torn(closedAt(20)), openAt(10), 'open'],
  ['of which chkdsk was the last to write', chkdskPage(20), openAt(10), 'closed'],
  ['that was opened after chkdsk', chkdskPage(10), openAt(20), 'open'],
])(
  'NTFS goes by the later restart page of its log that is whole: %s',
  async ([, first, second, state], context) => {
    const volume = await readFile(await ntfs(8 * MIB)(context));
    // mkntfs leaves the log full of ones, and nothing else is.
    const log = Math.ceil(volume.indexOf(Buffer.alloc(65_536, 0xff)) / PAGE_BYTES) * PAGE_BYTES;
    expect((await fileSystemOf(volumeOf(volume)))!.unclean).toBeUndefined();
    first.copy(volume, log);
    second.copy(volume, log + PAGE_BYTES);
    const { unclean } = (await fileSystemOf(volumeOf(volume)))!;
    if (state === 'closed') expect(unclean).toBeUndefined();
    else expect(unclean).toMatch(/^its log is open: start Windows/);
  },
);

it('NTFS of whose log no restart page is whole is damaged', async (context) => {
  const volume = await readFile(await ntfs(8 * MIB)(context));
  const log = Math.ceil(volume.indexOf(Buffer.alloc(65_536, 0xff)) / PAGE_BYTES) * PAGE_BYTES;
  for (const at of [log, log + PAGE_BYTES]) torn(closedAt(1)).copy(volume, at);
  await expect(fileSystemOf(volumeOf(volume))).rejects.toThrow('its log has no restart area that is whole');
});
