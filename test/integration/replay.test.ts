import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder, ROOT, swarmboot } from './swarmboot-process.ts';

const scenario = (name: string): string => join(ROOT, 'scenarios', `${name}.yaml`);

describe('swarmboot trace', () => {
  it('tells the story of one machine, and keeps that of all of them', async () => {
    const file = join(await aFolder(), 'trace.jsonl');
    const told = await swarmboot('trace', scenario('first-lab'), '--machine', 'm002', '--out', file);
    expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^m002 of 8 in first-lab: p2p/) });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { kind: string; machine: string });
    const pieces = events.filter(({ kind, machine }) => kind === 'pieceReceived' && machine === 'm002');
    expect(pieces).toHaveLength(128);
    expect(new Set(events.map(({ machine }) => machine)).size).toBe(8);
  });

  it('answers in JSON: the same run has the same digest, another seed another', async () => {
    const answer = async (...options: string[]) =>
      JSON.parse((await swarmboot('trace', scenario('first-lab'), '--json', ...options)).stdout);
    const { traceDigest, events } = await answer('--seed', '1');
    expect(events).toHaveLength(131);
    expect((await answer('--seed', '1')).traceDigest).toBe(traceDigest);
    expect((await answer('--seed', '2')).traceDigest).not.toBe(traceDigest);
  });

  it('names what it could tell of', async () => {
    expect(await swarmboot('trace', scenario('first-lab'), '--machine', 'm009')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('allowed are m001 to m008'),
    });
  });
});

describe('swarmboot calibrate', () => {
  it('finds the paper’s hidden cap, and what two machines would have told', async () => {
    const plain = await swarmboot('calibrate', scenario('table-1'), '--machines', '2');
    expect(plain).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('P2P takes 61.0 min less with 20 machines than with 1'),
    });
    const json = JSON.parse((await swarmboot('calibrate', scenario('table-1'), '--json')).stdout);
    const fitting = (json.explanations as { name: string; isWithin: boolean }[]).filter(
      ({ isWithin }) => isWithin,
    );
    expect(fitting.map(({ name }) => name)).toContain('connection cap');
    expect(fitting.map(({ name }) => name)).not.toContain('link alone');
  });

  it('says what a table needs', async () => {
    expect(await swarmboot('calibrate', scenario('first-lab'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('measured'),
    });
  });
});

describe('swarmboot report', () => {
  it('makes all reports of a folder again, and a page that leads to them', async () => {
    const folder = await aFolder();
    for (const name of ['table-1', 'growth']) {
      const options = ['--on', 'theory', '--out', join(folder, name), '--json'];
      expect(await swarmboot('run', scenario(name), ...options)).toMatchObject({ code: 0 });
      await writeFile(join(folder, name, 'report.md'), 'old');
    }
    await mkdir(join(folder, 'no-report'));
    const { code, stdout } = await swarmboot('report', folder, '--all', '--json');
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({ code: 0 });
    for (const name of ['table-1', 'growth'])
      expect(await readFile(join(folder, name, 'report.md'), 'utf8')).toMatch(/^# /);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    expect([...page.matchAll(/href="([^"]+)\/index\.html"/g)].map(([, name]) => name)).toEqual([
      'growth',
      'table-1',
    ]);
  });

  it('says that there is nothing to make a report of', async () => {
    expect(await swarmboot('report', await aFolder(), '--all')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no folder with records in it'),
    });
  });
});
