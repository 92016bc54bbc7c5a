import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RecordStore } from '../../../src/bench/record/record-store.ts';
import { aRecord } from '../a-record.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'report');
}

describe('the records of a report', () => {
  it('are read as they were written, in order', async () => {
    const store = new RecordStore(await aFolder());
    const records = [aRecord({ machines: 1 }), aRecord({ machines: 2 })];
    for (const record of records) await store.append(record);
    expect(await store.read()).toEqual(records);
  });

  it('are only appended to', async () => {
    const folder = await aFolder();
    await new RecordStore(folder).append(aRecord({ machines: 1 }));
    const before = await readFile(join(folder, 'records.jsonl'), 'utf8');
    await new RecordStore(folder).append(aRecord({ machines: 2 }));
    const after = await readFile(join(folder, 'records.jsonl'), 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length).trimEnd().split('\n')).toHaveLength(1);
  });

  it('name the line that is no record', async () => {
    const folder = await aFolder();
    const store = new RecordStore(folder);
    await store.append(aRecord({}));
    await appendFile(join(folder, 'records.jsonl'), '{"format":"swarmboot-r\n');
    await expect(store.read()).rejects.toThrow(/records\.jsonl:2:1: not a whole line of JSON/);
    await writeFile(join(folder, 'records.jsonl'), '{"format":"other"}\n');
    await expect(store.read()).rejects.toThrow(/:1:1: not a record of the format `swarmboot-run\/1`/);
  });

  it('go on behind one that was cut off when its writer was killed', async () => {
    const folder = await aFolder();
    const store = new RecordStore(folder);
    const [first, second] = [aRecord({ machines: 1 }), aRecord({ machines: 2 })];
    await store.append(first);
    await appendFile(join(folder, 'records.jsonl'), JSON.stringify(second).slice(0, 100));
    expect(await store.read()).toEqual([first]);
    await store.append(second);
    expect(await store.read()).toEqual([first, second]);
  });

  it('keep a last line that lacks nothing but its end', async () => {
    const folder = await aFolder();
    const store = new RecordStore(folder);
    const [first, second, third] = [1, 2, 3].map((machines) => aRecord({ machines }));
    await store.append(first!);
    await appendFile(join(folder, 'records.jsonl'), JSON.stringify(second));
    expect(await store.read()).toEqual([first, second]);
    await store.append(third!);
    expect(await store.read()).toEqual([first, second, third]);
  });

  it('are missed with a sentence', async () => {
    await expect(new RecordStore(await aFolder()).read()).rejects.toThrow(
      /there is no records\.jsonl in .*: name the folder of a report/,
    );
  });

  it('says which scenario the folder was asked last, or that nobody knows', async () => {
    const folder = join(await aFolder(), 'new');
    const store = new RecordStore(folder);
    expect(await store.asked()).toBeUndefined();
    const scenario = {
      digest: 'd',
      variants: { '': { name: 'a' } },
      published: [],
      bases: { sim: 'a probe' },
    };
    await store.ask({ ...scenario, digest: 'old' });
    await store.ask(scenario);
    expect(await store.asked()).toEqual(scenario);
    await writeFile(join(folder, 'scenario.json'), '{');
    await expect(store.asked()).rejects.toThrow(/scenario\.json cannot be read; delete it/);
    const file = join(store.folder, 'scenario.json');
    await expect(new RecordStore(file).asked()).rejects.toThrow(`${file} is no folder`);
  });
});
