import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceMachine } from '../../../src/bench/trace/trace.ts';
import { aScenarioFile, PLAIN_SCENARIO } from '../scenario/a-scenario.ts';

const LAB = 'scenarios/first-lab.yaml';
const PIECES = 128;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmboot-trace-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Line {
  readonly timeS: number;
  readonly kind: string;
  readonly machine: string;
  readonly piece?: number;
  readonly sender?: string;
}

describe('a trace', () => {
  it('has every event of every machine, in order, and nobody passes on what it has not got', async () => {
    const out = join(folder, 'trace.jsonl');
    const { traceDigest } = await traceMachine({ file: LAB, isWhole: false, out });
    const text = await readFile(out, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(traceDigest.split('-')[1]).toBe(String(lines.length));
    expect(lines.map(({ timeS }) => timeS)).toEqual(
      lines.map(({ timeS }) => timeS).toSorted((a, b) => a - b),
    );
    const held = new Set<string>();
    for (const { kind, machine, piece, sender } of lines) {
      if (kind !== 'pieceReceived') continue;
      if (sender !== 'server') expect(held).toContain(`${sender} ${piece}`);
      expect(held).not.toContain(`${machine} ${piece}`);
      held.add(`${machine} ${piece}`);
    }
    expect(held.size).toBe(8 * PIECES);
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
  });

  it('is that of the run with the same seed, and another with another', async () => {
    const wish = { file: LAB, isWhole: false, machines: 4 };
    const [first, again, other] = await Promise.all([
      traceMachine(wish),
      traceMachine(wish),
      traceMachine({ ...wish, randomSeed: 2 }),
    ]);
    expect(again.traceDigest).toBe(first.traceDigest);
    expect(other.traceDigest).not.toBe(first.traceDigest);
  });

  it('is of no more machines than the variant is for', async () => {
    const file = await aScenarioFile(`${PLAIN_SCENARIO}variants: { few: { only: { upTo: 3 } } }\n`);
    const wish = { file, isWhole: false, variant: 'few' };
    expect((await traceMachine(wish)).run.machines).toBe(1);
    await expect(traceMachine({ ...wish, machines: 4 })).rejects.toThrow(
      'only.upTo: leaves out every number of machines',
    );
  });

  it('leaves no file behind where the simulation cannot be made', async () => {
    const out = join(folder, 'trace.jsonl');
    await expect(traceMachine({ file: LAB, isWhole: false, out, machine: 'm009' })).rejects.toThrow('m008');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a trace file', () => {
  it('is refused where its folder is not there, or where it is one', async () => {
    const wish = { file: LAB, isWhole: false };
    const missing = join(folder, 'no', 'trace.jsonl');
    await expect(traceMachine({ ...wish, out: missing })).rejects.toThrow('--out: there is no folder');
    await expect(traceMachine({ ...wish, out: folder })).rejects.toThrow('is a folder; name a file');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not made of settings that the simulator cannot honour', async () => {
    const lossy = join(folder, 'lossy.yaml');
    const text = await readFile(LAB, 'utf8');
    await writeFile(lossy, text.replace('network:\n', 'network:\n  latency: 5 ms\n  loss: 1 %\n'));
    await expect(traceMachine({ file: lossy, isWhole: false })).rejects.toThrow('network.loss');
  });
});

describe('the story of a machine', () => {
  it('tells each piece with its sender, and sums up', async () => {
    const { story, result, events } = await traceMachine({ file: LAB, isWhole: false, machine: 'm003' });
    expect(result.number).toBe(3);
    expect(story.filter((line) => line.includes(' piece '))).toHaveLength(PIECES);
    expect(Object.values(result.receivedFrom).reduce((sum, bytes) => sum + bytes, 0)).toBe(2 ** 25);
    const senders = events.flatMap(({ sender }) => sender ?? []);
    expect(new Set(senders)).toEqual(new Set(Object.keys(result.receivedFrom)));
    expect(senders).toContain('server');
    const last = events.findLast(({ kind }) => kind === 'pieceReceived')!;
    expect(story).toContainEqual(expect.stringMatching(`piece ${last.piece} from .*, 128 of 128$`));
    expect(story).toContainEqual(expect.stringContaining('received 33.6 MB: '));
  });

  it('of a long image is told in steps, and whole on request', async () => {
    const wish = { file: 'scenarios/table-1.yaml', machines: 1 };
    const [short, whole] = await Promise.all([
      traceMachine({ ...wish, isWhole: false }),
      traceMachine({ ...wish, isWhole: true }),
    ]);
    const told = (story: readonly string[]) => story.filter((line) => line.includes(' piece ')).length;
    expect(told(short.story)).toBeLessThan(310);
    expect(told(whole.story)).toBe(4292);
  });

  it('is that of the last machine where none is named', async () => {
    const { result } = await traceMachine({
      file: 'scenarios/swarm-churn.yaml',
      isWhole: false,
      variant: 'churn',
    });
    expect(result.doneS).toBeNull();
    const { story } = await traceMachine({
      file: 'scenarios/swarm-churn.yaml',
      isWhole: false,
      variant: 'churn',
    });
    expect(story.join('\n')).toContain('failed: it was killed, as the scenario asks');
  });

  it('tells of a power cut before the first power-on as one, and of no power-on without power', async () => {
    const file = join(folder, 'late.yaml');
    const settings = {
      name: 'late',
      title: 'Late',
      image: { size: '8 MiB' },
      network: { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' } },
      fleet: { machines: [3], start: { staggered: '5 s' } },
      transports: { unicast: {} },
      faults: [{ kill: 1, at: '2 s' }],
      variants: { back: { faults: [{ kill: 1, at: '2 s', back: '20 s' }] } },
    };
    await writeFile(file, JSON.stringify(settings));
    const timesOf = async (variant?: string) => {
      const { story } = await traceMachine({
        file,
        isWhole: false,
        machine: 'm003',
        ...(variant && { variant }),
      });
      return story.filter((line) => / s {2}(its power|powered)/.test(line)).map((line) => line.trim());
    };
    const cut = '2.000 s  its power is cut before it is switched on';
    expect(await timesOf()).toEqual([cut]);
    expect(await timesOf('back')).toEqual([cut, '22.000 s  powered on']);
  });

  it.each([
    [{ machine: 'm021' }, '--machine: found `m021`; allowed are m001 to m008'],
    [{ variant: 'x' }, '--variant: found `x`; allowed are `plain`'],
  ])('is refused for %o', async (wish, message) => {
    await expect(traceMachine({ file: LAB, isWhole: false, ...wish })).rejects.toThrow(message);
  });
});
