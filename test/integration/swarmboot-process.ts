import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when it has said this on standard output; rejects where it ends before. */
  said(words: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `./swarmboot` as people do; it is ended when the test is over. */
export function startSwarmboot(...args: string[]): Running {
  const child = spawn(join(ROOT, 'swarmboot'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }));
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = async (words: string): Promise<void> => {
    while (!text.stdout.includes(words)) {
      if (child.exitCode !== null)
        throw new Error(`ended before it said ${words}: ${text.stdout}${text.stderr}`);
      await sleep(20);
    }
  };
  return { pid: child.pid!, ended, said, kill: (signal) => child.kill(signal) };
}

/** Runs `./swarmboot` to its end. */
export function swarmboot(...args: string[]): Promise<Ended> {
  return startSwarmboot(...args).ended;
}

/** A command on a terminal of its own with 20 lines of 120 columns, and what it has shown so far. */
export interface OnTerminal {
  readonly exitCode: Promise<number | null>;
  shown(): string;
}

/** Starts `./swarmboot` on a terminal by util-linux's `script`; it is ended when the test is over. */
export function startOnTerminal(...args: string[]): OnTerminal {
  const words = args.map((arg) => `'${arg}'`).join(' ');
  const command = `stty rows 20 cols 120; exec ${join(ROOT, 'swarmboot')} ${words}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const exitCode = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { exitCode, shown: () => shown };
}

/** A folder that is gone when the test is over. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
