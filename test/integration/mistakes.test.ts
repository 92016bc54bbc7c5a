import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PLAIN_SCENARIO } from '../bench/scenario/a-scenario.ts';
import { aFolder, type Ended, ROOT, swarmboot } from './swarmboot-process.ts';

const FIRST_LAB = join(ROOT, 'scenarios', 'first-lab.yaml');

async function runOf(scenario: string, ...options: string[]): Promise<Ended> {
  const folder = await aFolder();
  const file = join(folder, 'scenario.yaml');
  await writeFile(file, scenario);
  return await swarmboot('run', file, '--out', join(folder, 'report'), ...options);
}

/** Exit code 2, one sentence on standard error, nothing on standard output, no stack trace. */
function expectMistake({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

describe('a run whose words nobody reads any more', () => {
  it('goes on to its end', async () => {
    const folder = await aFolder();
    const file = join(folder, 'scenario.yaml');
    await writeFile(file, PLAIN_SCENARIO);
    const call = ['run', file, '--on', 'sim', '--out', join(folder, 'report'), '--json'];
    const child = spawn(join(ROOT, 'swarmboot'), call, { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    // As `2>&1 | head -1` does, or a terminal that is closed.
    child.stderr.destroy();
    const [code] = await once(
      child.on('spawn', () => child.stdout.resume()),
      'close',
    );
    expect(code).toBe(0);
    expect(await readdir(join(folder, 'report'))).toContain('report.md');
  });
});

describe('a mistake in a scenario ends with code 2 and its place', () => {
  it.each([
    ['an unknown key', 'size:', 'sise:', /scenario\.yaml:3:10: image: unknown setting `sise`/],
    ['a wrong unit', '64 MiB', '64 parsec', /scenario\.yaml:3:16: image\.size: found `64 parsec`/],
    [
      'a negative rate',
      '100 Mbit/s',
      '-1 Mbit/s',
      /network\.server\.up: found `-1 Mbit\/s`, which is negative/,
    ],
    ['no machines', '[1, 4]', '0', /fleet\.machines: found `0`; allowed is a list of machine counts/],
  ])('%s', async (_, right, wrong, sentence) => {
    expectMistake(await runOf(PLAIN_SCENARIO.replace(right, wrong)), sentence);
  });
});

describe('a setting that an executor cannot honour is refused by its name', () => {
  it.each([
    [
      'theory',
      'network:',
      'network:\n  latency: 5 ms',
      /`theory` cannot honour these settings for p2p:\n {2}network\.latency: /,
    ],
    [
      'sim',
      'network:',
      'network:\n  latency: 5 ms\n  loss: 1 %',
      /`sim` cannot honour .*p2p:\n {2}network\.loss: /,
    ],
    [
      'local',
      'network:',
      'network:\n  connectionCap: 1 MB/s',
      /`local` cannot honour .*p2p:\n {2}network\.connectionCap: /,
    ],
  ])('by %s', async (executor, right, wrong, sentence) => {
    expectMistake(await runOf(PLAIN_SCENARIO.replace(right, wrong), '--on', executor), sentence);
  });
});

describe('a mistake on the command line ends with code 2', () => {
  it.each([
    [
      'an unknown executor',
      ['run', FIRST_LAB, '--on', 'magic'],
      /--on: found `magic`; allowed are `theory`, `fluid`, `sim`, `local`/,
    ],
    [
      'machines that are no number',
      ['run', FIRST_LAB, '--machines', '1,x'],
      /--machines: found `x`; allowed is a whole number/,
    ],
    ['no machines', ['run', FIRST_LAB, '--machines', '0'], /--machines: found `0`/],
    [
      'an unknown transport',
      ['run', FIRST_LAB, '--transports', 'pigeon'],
      /--transports: found `pigeon`; allowed are `p2p`/,
    ],
    [
      'transports that nobody runs',
      ['run', FIRST_LAB, '--on', 'local', '--transports', 'multicast'],
      /--transports: none of the transports asked for/,
    ],
    ['no seeds', ['run', FIRST_LAB, '--seeds', '0'], /--seeds: found `0`/],
    ['a port that is none', ['run', FIRST_LAB, '--port', '99999'], /--port: found `99999`/],
    [
      'an image that is missing',
      ['run', FIRST_LAB, '--image', '/nowhere/disk.img'],
      /image file \/nowhere\/disk\.img does not exist; give a disk image/,
    ],
    [
      'two transports where one is told of',
      ['trace', FIRST_LAB, '--transport', 'p2p,unicast'],
      /--transport: found `p2p,unicast`; allowed are `p2p`, /,
    ],
    [
      'a probe that could not be written',
      ['probe', FIRST_LAB, '--out', '/dev/null/probe.json'],
      /--out: \/dev\/null\/probe\.json cannot be written \(/,
    ],
    ['a probe in the place of a folder', ['probe', FIRST_LAB, '--out', '/tmp'], /--out: \/tmp is a folder/],
    ['an empty image', ['run', FIRST_LAB, '--image', '/dev/null'], /image file \/dev\/null/],
    [
      'a scenario that is missing',
      ['run', '/nowhere/x.yaml'],
      /no such file; `.\/swarmboot scenarios` lists/,
    ],
    [
      'a comparison that is not there',
      ['bench:swarm', '--only', 'limit,dance'],
      /--only: found `dance`; allowed are `limit`, /,
    ],
    [
      'a measurement that is too short',
      ['bench:limits', '--seconds', '4'],
      /--seconds: found `4`; allowed is .* from 5/,
    ],
    [
      'a limit that there is not',
      ['bench:limits', '--only', 'disk'],
      /--only: found `disk`; allowed are `total-up`, /,
    ],
    ['no repeats', ['bench:swarm', '--repeats', '0'], /--repeats: found `0`/],
    ['a folder without records', ['report', '/nowhere'], /there is no records\.jsonl in \/nowhere/],
    ['an unknown command', ['dance'], /unknown command 'dance'/],
    ['an unknown option', ['run', FIRST_LAB, '--fast'], /unknown option '--fast'/],
  ])('%s', async (_, args, sentence) => {
    expectMistake(await swarmboot(...args), sentence);
  });
});

/** By command: the help of those that have no commands of their own. */
async function helpsBelow(path: readonly string[] = []): Promise<Map<string, string>> {
  const { stdout } = await swarmboot(...path, '--help');
  const listed = [...(stdout.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z][\w:-]*)/gm)];
  const inner = listed.map(([, name]) => name!).filter((name) => name !== 'help');
  if (inner.length === 0) return new Map([[path.join(' '), stdout]]);
  const helps = new Map<string, string>();
  // One after the other: each is a process.
  for (const name of inner)
    for (const [command, help] of await helpsBelow([...path, name])) helps.set(command, help);
  return helps;
}

describe('help', () => {
  it('is there for every command, with examples', async () => {
    const { code, stdout } = await swarmboot('run', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--machines <counts>');
    const helps = await helpsBelow();
    expect(helps.size).toBeGreaterThan(25);
    const bare = [...helps].filter(([, help]) => !help.includes('Examples:')).map(([command]) => command);
    expect(bare).toEqual([]);
  });

  it('says which version it is', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const { code, stdout } = await swarmboot('--version');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${version}, on Node.js ${process.versions.node}\n`,
    });
  });

  it('lists the scenarios, for people and for scripts', async () => {
    const [text, json] = await Promise.all([swarmboot('scenarios'), swarmboot('scenarios', '--json')]);
    expect(text.stdout).toContain('table-1.yaml');
    const { scenarios } = JSON.parse(json.stdout) as { scenarios: { file: string }[] };
    const files = (await readdir(join(ROOT, 'scenarios'))).filter((file) => file.endsWith('.yaml'));
    expect(scenarios.map(({ file }) => file.split('/').at(-1))).toEqual(files.toSorted());
  });

  it('prints the JSON Schema of scenarios', async () => {
    const { stdout } = await swarmboot('schema');
    expect(stdout).toBe(await readFile(join(ROOT, 'scenarios', 'scenario.schema.json'), 'utf8'));
  });
});
