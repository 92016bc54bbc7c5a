import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Cell } from '../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../src/bench/record/run-record.ts';
import { aFolder, type Ended, type Running, startSwarmboot, swarmboot } from './swarmboot-process.ts';

/** A run of two machines takes two seconds by each transport. */
const SMALL_LAB = `\
name: small-lab
title: Two machines
executors: [local]
image: { size: 8 MiB, pieceLength: 128 KiB }
network:
  server: { up: 32 Mbit/s, down: 32 Mbit/s }
  machine: { up: 32 Mbit/s, down: 32 Mbit/s }
fleet: { machines: [1, 2] }
transports: { unicast: {}, p2p: {} }
`;

interface Lab {
  readonly folder: string;
  readonly running: Running;
}

/** Starts the small lab; scratch files go to `work` below the folder. */
async function startLab(...options: string[]): Promise<Lab> {
  const folder = await aFolder();
  const file = join(folder, 'small-lab.yaml');
  await writeFile(file, SMALL_LAB);
  const running = startSwarmboot('run', file, '--out', join(folder, 'report'), '--work', folder, ...options);
  return { folder, running };
}

async function recordsOf({ folder }: Lab): Promise<RunRecord[]> {
  const text = await readFile(join(folder, 'report', 'records.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunRecord]));
}

/** Processes whose parent is this one, by their pid: the server first, then the machines. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => parentOf(child) === pid)
    .sort((a, b) => a - b);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Waits until something is so; the test's own limit ends a wait in vain. */
async function until<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function expectNoTrace({ stderr }: Ended): void {
  expect(stderr).not.toMatch(/^\s+at /m);
}

async function expectNothingLeft({ folder }: Lab, children: readonly number[]): Promise<void> {
  expect(children.filter((pid) => parentOf(pid) !== undefined)).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith('swarmboot-lab-'))).toEqual([]);
}

describe('a run on this computer', () => {
  it('deploys, verifies every disk, and prints one JSON object', async () => {
    const lab = await startLab('--json');
    const { code, stdout } = await lab.running.ended;
    expect(code).toBe(0);
    const { scenario, cells } = JSON.parse(stdout) as { scenario: string; cells: Cell[] };
    expect(scenario).toBe('small-lab');
    expect(
      cells.map(({ transport, machines, verifiedMachines, failedMachines }) => [
        transport,
        machines,
        verifiedMachines,
        failedMachines,
      ]),
    ).toEqual([
      ['p2p', 1, 1, 0],
      ['p2p', 2, 2, 0],
      ['unicast', 1, 1, 0],
      ['unicast', 2, 2, 0],
    ]);
    for (const { transferS, lowerBoundS } of cells)
      expect(transferS!.min).toBeGreaterThan(0.97 * lowerBoundS!);
  });

  it('tells of a machine that was killed, with code 1, and lets the other finish', async () => {
    const lab = await startLab('--machines', '2', '--transports', 'unicast');
    const [, , , victim] = await until(() => {
      const children = childrenOf(lab.running.pid);
      return children.length === 4 ? children : undefined;
    });
    await until(() => (readFileSync(`/proc/${victim}/stat`, 'utf8') ? isDownloading(lab) : undefined));
    process.kill(victim!, 'SIGKILL');
    const ended = await lab.running.ended;
    expect(ended.stderr).toMatch(/One machine failed.*\n.*local unicast, 2 machines: m00[12]: .*SIGKILL/);
    expect(ended.code).toBe(1);
    expectNoTrace(ended);
    const [record] = await recordsOf(lab);
    expect(record!.fleet.map(({ isVerified }) => isVerified).sort()).toEqual([false, true]);
    // What was resumed counts as much as what is run now.
    const file = join(lab.folder, 'small-lab.yaml');
    const options = ['--machines', '2', '--transports', 'unicast', '--resume'];
    const resumed = await swarmboot('run', file, '--out', join(lab.folder, 'report'), ...options);
    expect(resumed.stderr).toMatch(/One machine failed/);
    expect(resumed.code).toBe(1);
    expect(await recordsOf(lab)).toHaveLength(1);
  });

  it('that is interrupted leaves no process, no scratch and only whole records', async () => {
    const lab = await startLab();
    await until(async () => ((await recordsOf(lab)).length >= 1 ? true : undefined));
    const children = await until(() => {
      const found = childrenOf(lab.running.pid);
      return found.length > 0 ? found : undefined;
    });
    lab.running.kill('SIGINT');
    const ended = await lab.running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain(
      'ended by Ctrl-C; the records written so far are kept, and `run --resume` goes on behind them',
    );
    expectNoTrace(ended);
    await expectNothingLeft(lab, children);
    expect((await recordsOf(lab)).length).toBeGreaterThanOrEqual(1);
  });

  it('whose parent is killed ends its processes and removes its scratch folder', async () => {
    const lab = await startLab('--machines', '2');
    const children = await until(() => {
      const found = childrenOf(lab.running.pid);
      return found.length === 4 ? found : undefined;
    });
    lab.running.kill('SIGKILL');
    await until(() => (children.every((pid) => parentOf(pid) === undefined) ? true : undefined));
    await until(async () =>
      (await readdir(lab.folder)).some((name) => name.startsWith('swarmboot-lab-')) ? undefined : true,
    );
  });

  it('that fails in the middle says how to go on', async () => {
    const lab = await startLab('--on', 'theory,local', '--machines', '2');
    await until(() => isDownloading(lab));
    const [, server] = childrenOf(lab.running.pid);
    process.kill(server!, 'SIGKILL');
    const ended = await lab.running.ended;
    expect(ended.stderr).toContain('`run --resume` goes on');
    expect(ended.code).toBe(1);
    expectNoTrace(ended);
  });

  it('refuses a port that is in use, with code 2', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const lab = await startLab('--port', String(port), '--machines', '1');
    const ended = await lab.running.ended;
    expect(ended.stderr).toContain(`port ${port}`);
    expect(ended.code).toBe(2);
    expectNoTrace(ended);
  });

  it('refuses a work folder that is not there, with code 2', async () => {
    const lab = await startLab('--machines', '1', '--work', '/nowhere/at/all');
    const ended = await lab.running.ended;
    expect(ended.stderr).toContain('/nowhere/at/all');
    expect(ended.code).toBe(2);
    expectNoTrace(ended);
  });
});

/** True once a disk of the lab has something on it. */
async function isDownloading({ folder }: Lab): Promise<true | undefined> {
  const scratch = (await readdir(folder)).find((name) => name.startsWith('swarmboot-lab-'));
  if (scratch === undefined) return undefined;
  const files = await readdir(join(folder, scratch), { recursive: true });
  const disk = files.find((file) => file.endsWith('m001.img'));
  if (disk === undefined) return undefined;
  const bytes = await readFile(join(folder, scratch, disk)).catch(() => Buffer.alloc(0));
  return bytes.some((byte) => byte !== 0) ? true : undefined;
}
