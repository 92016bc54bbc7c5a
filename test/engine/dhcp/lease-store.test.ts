import { appendFile, mkdir, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Lease } from '../../../src/engine/dhcp/lease.ts';
import { LeaseStore } from '../../../src/engine/dhcp/lease-store.ts';
import { ConfigError } from '../../../src/failure.ts';
import { aFolder } from '../an-image.ts';
import { aSmallVolume } from '../image/a-mounted-volume.ts';

function aLease(number: number, untilMs = 1): Lease {
  return { address: `10.0.0.${number}`, mac: `02:00:00:00:00:0${number}`, state: 'bound', untilMs };
}

async function aFile(): Promise<string> {
  return join(await aFolder(), 'state', 'leases.jsonl');
}

async function storedIn(file: string): Promise<Lease[]> {
  const store = await LeaseStore.open(file);
  await store.close();
  return [...store.leases];
}

/** So many renewals of the first lease, of which the last lasts until `untilMs`. */
function renewals(count: number, untilMs: number): Lease[] {
  return Array.from({ length: count }, (_, renewal) => aLease(1, untilMs - count + 1 + renewal));
}

async function linesIn(file: string): Promise<number> {
  return (await readFile(file, 'utf8')).split('\n').length - 1;
}

describe('the leases in a file', () => {
  it('are there again after a restart, the last word on each address', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    await store.append([aLease(1), aLease(2)]);
    await store.append([aLease(1, 99)]);
    await store.close();
    expect(await storedIn(file)).toEqual([aLease(2), aLease(1, 99)]);
  });

  it('come in the order in which they were written last: the last of a machine is its own', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    const ofOne = (number: number, untilMs: number) => ({ ...aLease(number, untilMs), mac: aLease(1).mac });
    for (const lease of [ofOne(1, 10), ofOne(2, 20), ofOne(1, 30)]) await store.append([lease]);
    await store.close();
    expect([...store.leases]).toEqual([ofOne(2, 20), ofOne(1, 30)]);
    // From the lines as they came, and from the file that was written anew.
    for (let time = 0; time < 2; time++) expect(await storedIn(file)).toEqual([ofOne(2, 20), ofOne(1, 30)]);
  });

  it('are on the disk as soon as somebody is told so, whatever becomes of the process', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    await Promise.all([1, 2, 3, 4].map((number) => store.append([aLease(number)])));
    expect(await storedIn(file)).toHaveLength(4);
    await store.close();
  });

  it('survive a last line that was not written to its end', async () => {
    const file = await aFile();
    const before = await LeaseStore.open(file);
    await before.append([aLease(1), aLease(2)]);
    await before.close();
    await appendFile(file, '{"address":"10.0.0.3","ma');
    expect(await storedIn(file)).toEqual([aLease(1), aLease(2)]);
    const store = await LeaseStore.open(file);
    await store.append([aLease(4)]);
    await store.close();
    expect(await storedIn(file)).toEqual([aLease(1), aLease(2), aLease(4)]);
  });

  it('do not grow with the years: what is history is left out', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    for (let round = 0; round < 30; round++) {
      await store.append(Array.from({ length: 1_000 }, (_, renewal) => aLease(1, round * 1_000 + renewal)));
    }
    await store.append([aLease(2)]);
    await store.close();
    expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThan(12_000);
    expect(await storedIn(file)).toEqual([aLease(1, 29_999), aLease(2)]);
  });

  it('are whole when there is room again after the disk was full', async (context) => {
    const { folder } = await aSmallVolume(context, 64 * 1024);
    const file = join(folder, 'leases.jsonl');
    const store = await LeaseStore.open(file);
    await store.append([aLease(1)]);
    await writeFile(join(folder, 'rest'), Buffer.alloc(56 * 1024));
    await expect(store.append(renewals(1_000, 1_000))).rejects.toMatchObject({ code: 'ENOSPC' });
    await rm(join(folder, 'rest'));
    await store.append([aLease(2)]);
    await store.close();
    expect(await storedIn(file)).toEqual([aLease(1), aLease(2)]);
  });

  it('are stored where there is no place for a second file, which is made when there is', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    await mkdir(`${file}.new`);
    await store.append(renewals(10_100, 10_100));
    await store.append(renewals(100, 10_200));
    expect(await linesIn(file)).toBe(10_201);
    await rmdir(`${file}.new`);
    await store.append(renewals(10_100, 20_300));
    await store.close();
    expect(await linesIn(file)).toBe(2);
    expect(await storedIn(file)).toEqual([aLease(1, 20_300)]);
  });

  it('go to the new file once it has the name, and are not stored before the folder is', async () => {
    const file = await aFile();
    const store = await LeaseStore.open(file);
    const handle = await open(file, 'r');
    const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    onTestFinished(() => sync.mockRestore());
    await handle.close();
    for (let time = 0; time < 2; time++) sync.mockRejectedValueOnce(new Error('EIO'));
    await store.append(renewals(10_100, 10_100));
    await expect(store.append([aLease(2)])).rejects.toThrow('EIO');
    await store.append([aLease(3)]);
    await store.close();
    expect(await storedIn(file)).toEqual([aLease(1, 10_100), aLease(3)]);
  });

  it.each([
    ['another file', '#!/bin/sh\n', /is not a file of leases; name another, or move it away/],
    [
      'a line that is broken in the middle',
      '{"format":"swarmboot-leases/1"}\n{"addr\n{}\n',
      /:2:1: not a whole line of JSON/,
    ],
    ['a line about something else', '{"format":"swarmboot-leases/1"}\n{"a":1}\n', /:2:1: not a lease/],
  ])('%s is refused, and left as it is', async (_, text, sentence) => {
    const file = join(await aFolder(), 'leases.jsonl');
    await writeFile(file, text);
    const refusal = await LeaseStore.open(file).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as ConfigError).message).toMatch(sentence);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
