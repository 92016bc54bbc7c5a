import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RunFailure } from '../../../failure.ts';
import { deploymentFile, platformFile } from './example-files.ts';
import { ExampleLog, LOG_FORMAT } from './example-log.ts';

/** What a run of the example took, by GNU time: of the whole process. */
export interface ExampleCost {
  readonly cpuS: number;
  readonly peakRssMB: number;
  readonly log: ExampleLog;
}

/** One run of the example. */
export interface ExampleRun {
  readonly program: string;
  /** For its files. */
  readonly folder: string;
  readonly leechers: number;
  /** Whether every message is logged, which costs it time; else only what each peer has at the end. */
  readonly isCounted: boolean;
}

/** @throws RunFailure (`SIMGRID`) where the example fails */
export async function runExample(example: ExampleRun, signal: AbortSignal): Promise<ExampleCost> {
  const { program, folder, leechers, isCounted } = example;
  const [platform, deployment, cost] = ['platform.xml', 'deployment.xml', 'cost'].map((name) =>
    join(folder, name),
  );
  await writeFile(platform!, platformFile(leechers));
  await writeFile(deployment!, deploymentFile(leechers));
  const log = new ExampleLog();
  await runToEnd(
    ['/usr/bin/time', '--format=%U %S %M', `--output=${cost}`, program, platform!, deployment!].concat(
      `--log=root.fmt:${LOG_FORMAT}`,
      isCounted ? ['--log=s4u_bt_peer.thres:debug'] : [],
    ),
    { line: (line) => log.read(line), signal },
  );
  const [user, system, kib] = (await readFile(cost!, 'utf8')).trim().split(' ').map(Number);
  return { cpuS: user! + system!, peakRssMB: Math.round(kib! / 1024), log };
}

/** Runs a command in a process group of its own, so that an interruption ends it and what it has started. */
async function runToEnd(
  [command, ...options]: readonly string[],
  { line, signal }: { line: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(command!, options, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const end = (): boolean => process.kill(-child.pid!, 'SIGKILL');
  signal.addEventListener('abort', end);
  let last = '';
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (text) => {
    last = text;
    line(text);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new RunFailure('SIMGRID', `SimGrid's example ended with exit code ${code}: ${last}`);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
