import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Probe } from '../../src/bench/probe/probe.ts';
import { readProbe } from '../../src/bench/probe/probe-store.ts';
import { readVersions } from '../../src/bench/record/host-reader.ts';
import { needsNetns } from '../bench/executors/netns/a-netns-lab.ts';
import { aCost, aProbe } from '../bench/probe/a-probe.ts';
import { aFolder, startSwarmboot, swarmboot } from './swarmboot-process.ts';

async function aScenarioFile(folder: string): Promise<string> {
  const file = join(folder, 'probed.yaml');
  const link = { up: '400 Mbit/s', down: '400 Mbit/s' };
  const scenario = {
    name: 'probed',
    title: 'A lab that is probed',
    image: { size: '64 MiB', pieceLength: '256 KiB' },
    network: { server: link, machine: link, connectionCap: '20 Mbit/s' },
    fleet: { machines: [2, 3] },
    transports: { p2p: {}, unicast: {} },
  };
  await writeFile(file, JSON.stringify(scenario));
  return file;
}

describe('a probe of the lab', () => {
  it('measures every transport, and the simulator takes it up', async (context) => {
    needsNetns(context);
    const folder = await aFolder();
    const scenario = await aScenarioFile(folder);
    const out = join(folder, 'probe.json');

    const probed = await swarmboot('probe', scenario, '--repeats', '1', '--out', out);

    expect(`${probed.code}: ${probed.code === 0 ? '' : probed.stderr}`).toBe('0: ');
    expect(probed.stdout).toMatch(/P2P.*unicast/s);
    const { transports, versions, leftOut } = await readProbe(out);
    expect(versions).toEqual(readVersions());
    expect(leftOut).toEqual({});
    expect(Object.keys(transports).sort()).toEqual(['p2p', 'unicast']);
    const { metainfo, startUp, verifyBps, cpuPerMachine, cpuPerByte } = transports.p2p!;
    expect(metainfo).toBeGreaterThan(0);
    expect(verifyBps).toBeGreaterThan(10 ** 6);
    // The cap is no start-up: 48 MiB take 20 s with it, and one without.
    expect(startUp).toBeLessThan(10);
    expect(cpuPerMachine + cpuPerByte * 48 * 2 ** 20).toBeGreaterThan(0.1);
    const run = ['run', scenario, '--on', 'sim', '--transports', 'unicast', '--json', '--out'];
    const [plain, taken] = await Promise.all([
      swarmboot(...run, join(folder, 'plain')),
      swarmboot(...run, join(folder, 'taken'), '--probe', out),
    ]);
    expect(taken.stderr).not.toContain('The probe of');
    const timesOf = (text: string): number[] =>
      JSON.parse(text).cells.map(({ makespanS }: { makespanS: { median: number } }) => makespanS.median);
    const [plainS, takenS] = [timesOf(plain.stdout), timesOf(taken.stdout)];
    takenS.forEach((seconds, cell) => {
      expect(seconds).toBeGreaterThan(plainS[cell]! + transports.unicast!.metainfo);
    });
  });

  it.each<[string, Partial<Probe>, string]>([
    ['does not say what it has measured', {}, 'does not say which code it has measured'],
    [
      'has measured other code',
      { versions: { ...readVersions(), code: 'older' } },
      `has measured code older and not ${readVersions().code}`,
    ],
  ])('is taken up also where it %s, which is said', async (_, changes, sentence) => {
    const folder = await aFolder();
    const file = join(folder, 'probe.json');
    await writeFile(file, JSON.stringify(aProbe({ unicast: aCost() }, changes)));
    const { code, stdout, stderr } = await swarmboot(
      ...['run', await aScenarioFile(folder), '--on', 'sim', '--transports', 'unicast', '--json'],
      ...['--probe', file, '--out', join(folder, 'report')],
    );
    expect(code).toBe(0);
    expect(stderr).toContain(sentence);
    expect(JSON.parse(stdout).cells).toHaveLength(2);
    expect(await readFile(join(folder, 'report', 'report.md'), 'utf8')).toContain(sentence);
  });

  it('prints its result where that cannot be written any more', async (context) => {
    needsNetns(context);
    const folder = await aFolder();
    const scenario = await aScenarioFile(folder);
    const out = join(folder, 'probes', 'probe.json');
    const probing = startSwarmboot('probe', scenario, '--repeats', '1', '--out', out);
    // The folder is made when the file is looked at; then somebody else takes its name.
    while (!existsSync(dirname(out))) await sleep(20);
    await sleep(1_000);
    await mkdir(out);

    const { code, stdout, stderr } = await probing.ended;

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/--out: .* cannot be written/),
    });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      transports: { p2p: {}, unicast: {} },
    });
  });

  it.each([
    [
      'is of a time before processors were looked at',
      JSON.stringify({ format: 'swarmboot-probe/1' }),
      'measure anew',
    ],
    ['is missing', undefined, 'cannot be read (ENOENT)'],
    ['is no JSON', 'probe', 'is no probe: file'],
    [
      'lacks something',
      JSON.stringify({ format: 'swarmboot-probe/2' } satisfies Partial<Probe>),
      'measuredAt',
    ],
  ])('is the mistake of the caller where its file %s', async (_, text, reason) => {
    const folder = await aFolder();
    const file = join(folder, 'probe.json');
    if (text !== undefined) await writeFile(file, text);

    const { code, stderr } = await swarmboot(
      ...[
        'run',
        await aScenarioFile(folder),
        '--on',
        'sim',
        '--probe',
        file,
        '--out',
        join(folder, 'report'),
      ],
    );

    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });
});
