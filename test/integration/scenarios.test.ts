import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../src/bench/record/run-record.ts';
import { aFolder, ROOT, swarmboot } from './swarmboot-process.ts';

interface Answer {
  readonly scenario: string;
  readonly out: string;
  readonly cells: readonly Cell[];
}

async function answerTo(scenario: string, ...options: string[]): Promise<Answer> {
  const out = await aFolder();
  const file = join(ROOT, 'scenarios', `${scenario}.yaml`);
  const { code, stdout, stderr } = await swarmboot('run', file, '--out', out, '--json', ...options);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
}

/** No simulated transfer is faster than what is possible. */
function expectAboveBounds(cells: readonly Cell[]): void {
  for (const { executor, transferS, lowerBoundS, pieceBoundS, ...cell } of cells) {
    if (executor !== 'sim') continue;
    expect(transferS!.min, JSON.stringify(cell)).toBeGreaterThanOrEqual(lowerBoundS!);
    expect(transferS!.min, JSON.stringify(cell)).toBeGreaterThanOrEqual(pieceBoundS ?? 0);
  }
}

describe('the scenario of the paper', () => {
  it('yields the four published cells within 5 %, by simulation', async () => {
    const { scenario, cells } = await answerTo('table-1', '--on', 'theory,sim');
    expect(scenario).toBe('table-1');
    const published = { 'p2p 1': 134, 'p2p 20': 73, 'unicast 1': 110, 'unicast 20': 533 };
    for (const [cell, minutes] of Object.entries(published)) {
      const simulated = cells.find(
        (each) => each.executor === 'sim' && `${each.transport} ${each.machines}` === cell,
      );
      const { min, max } = simulated!.makespanS!;
      expect(Math.abs(min / 60 / minutes - 1), cell).toBeLessThan(0.05);
      expect(Math.abs(max / 60 / minutes - 1), cell).toBeLessThan(0.05);
    }
    expectAboveBounds(cells);
  });

  it('keeps the published cells in its records and out of the answer of this command', async () => {
    const { out, cells } = await answerTo('table-1', '--on', 'theory');
    const records = (await readFile(join(out, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
    const published = records
      .map((line) => JSON.parse(line) as RunRecord)
      .filter(({ source }) => source === 'published');
    expect(published.map(({ formula }) => formula!.makespanS / 60)).toEqual([134, 73, 110, 533]);
    expect(cells.every(({ executor }) => executor === 'theory')).toBe(true);
  });
});

describe('the scenario of growth', () => {
  it('is the branching model exactly with one piece, and above the bounds with a thousand', async () => {
    const { cells } = await answerTo('growth', '--on', 'theory,sim', '--machines', '2,4,16,64,256');
    expect([...new Set(cells.map(({ variant }) => variant))]).toEqual(['m1', 'm1000']);
    for (const { variant, machines, executor, makespanS, meanLatencyS } of cells) {
      if (variant !== 'm1') continue;
      const [k, copyS] = [Math.log2(machines), 125];
      expect({ executor, machines, makespanS: makespanS!.median, meanLatencyS }).toEqual({
        executor,
        machines,
        makespanS: copyS * (k + 1),
        meanLatencyS: copyS * (k - 1 + (k + 2) / machines),
      });
    }
    expectAboveBounds(cells);
  });
});

describe('the scenario of policies', () => {
  it('orders them: grants and dealing, a plain seeder, a classic choker, a classic client', async () => {
    const { cells } = await answerTo('policies', '--on', 'sim', '--seeds', '1');
    expectAboveBounds(cells);
    const times = ['', 'seeder-plain', 'choker-classic', 'classic'].map(
      (variant) => cells.find((cell) => cell.variant === variant)!.transferS!.median,
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(cells).toHaveLength(10);
  });
});

describe('records', () => {
  it('of the same scenario and random seed have the same trace digest', async () => {
    const digestsOf = async (): Promise<unknown[]> => {
      const { out } = await answerTo('first-lab', '--on', 'sim');
      const lines = (await readFile(join(out, 'records.jsonl'), 'utf8')).trimEnd().split('\n');
      return lines.map((line) => (JSON.parse(line) as RunRecord).traceDigest);
    };
    const digests = await digestsOf();
    expect(digests).toHaveLength(12);
    expect(await digestsOf()).toEqual(digests);
  });

  it('that were copied yield the same report, byte by byte', async () => {
    const { out } = await answerTo('table-1', '--on', 'theory,sim', '--machines', '1,20', '--seeds', '2');
    const copy = join(await aFolder(), 'copy');
    await mkdir(copy);
    for (const name of ['records.jsonl', 'scenario.json']) await cp(join(out, name), join(copy, name));
    expect((await swarmboot('report', copy)).code).toBe(0);
    const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const [made, remade] = await Promise.all([readFile(path), readFile(path.replace(out, copy))]);
      expect(remade.equals(made), path).toBe(true);
    }
  });
});
