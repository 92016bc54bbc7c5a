import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { RunFailure } from '../../../failure.ts';
import type { PostDeployScript } from '../../deployment/post-deploy-steps.ts';
import type { DeployedDisk, PostDeployHook } from '../post-deploy-hook.ts';
import { partitionsOf, withPartitionDevice } from './partition-device.ts';

/** Lines of its output that stand in the failure of a script: the server shows them. */
const LAST_LINES = 10;
const MOST_LINE = 300;
/** What a script has said is read after its end for so long: who has left its group may keep the output open for ever. */
const LAST_WORDS_MS = 2_000;

/**
 * A script of the operator, run by sh. Its partitions are devices of their own while it runs. What it says is in the
 * log; an exit code that is not 0 fails the machine (`SCRIPT_FAILED`), and so does taking too long (`SCRIPT_TIMEOUT`).
 */
export function runScript(script: PostDeployScript): PostDeployHook {
  return {
    name: `script ${script.name}`,
    async run(deployed) {
      const folder = await mkdtemp(join(tmpdir(), 'swarmboot-script-'));
      try {
        await writeFile(join(folder, 'script'), script.text);
        await withPartitionVariables(deployed, (partitions) =>
          runFile(join(folder, 'script'), script, {
            deployed,
            variables: [...variablesOf(deployed), ...partitions],
          }),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

function variablesOf({ path, machine, manifest }: DeployedDisk): string[] {
  return [
    `SWARMBOOT_DISK=${path}`,
    `SWARMBOOT_MACHINE=${machine}`,
    `SWARMBOOT_IMAGE=${manifest.name}`,
    `SWARMBOOT_VERSION=${manifest.version}`,
  ];
}

/** `SWARMBOOT_PARTITION_2=/dev/loop1` and so on: while the agent holds the disk, these can be mounted. */
async function withPartitionVariables(
  deployed: DeployedDisk,
  work: (variables: readonly string[]) => Promise<void>,
): Promise<void> {
  const withRest = async (
    [partition, ...rest]: Awaited<ReturnType<typeof partitionsOf>>,
    variables: readonly string[],
  ): Promise<void> => {
    if (!partition) return work(variables);
    await withPartitionDevice(deployed, partition, (device) =>
      withRest(rest, [...variables, `SWARMBOOT_PARTITION_${partition.number}=${device}`]),
    );
  };
  await withRest(await partitionsOf(deployed), []);
}

interface ScriptPlace {
  readonly deployed: DeployedDisk;
  readonly variables: readonly string[];
}

async function runFile(
  file: string,
  { name, timeoutS }: PostDeployScript,
  { deployed, variables }: ScriptPlace,
): Promise<void> {
  // `env` adds to the environment that it is started with. A group of its own: what the script has started ends with it.
  const child = spawn('env', [...variables, 'sh', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on('line', (line) => {
      const text = line.slice(0, MOST_LINE);
      deployed.note(`${name}: ${text}`);
      lines.push(text);
      if (lines.length > LAST_LINES) lines.shift();
    });
  const end = await endInTime(child, timeoutS, deployed.signal);
  const said = lines.length > 0 ? `; it said last: ${lines.join(' | ')}` : '';
  if (end === 'late')
    throw new RunFailure('SCRIPT_TIMEOUT', `script ${name} was not done after ${timeoutS} s${said}`);
  if (end !== 0) throw new RunFailure('SCRIPT_FAILED', `script ${name} ended with ${endWords(end)}${said}`);
}

type ScriptEnd = number | NodeJS.Signals | 'late';

/** What is left of its group is ended in any case: nothing goes on writing behind the agent. */
async function endInTime(child: ChildProcess, timeoutS: number, signal?: AbortSignal): Promise<ScriptEnd> {
  let isLate = false;
  const end = (): void => endGroup(child);
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutS * 1000);
  signal?.addEventListener('abort', end);
  // Who has moved to the background may keep the output open: the script itself is over with its exit.
  const closed = once(child, 'close');
  try {
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    end();
    await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
    for (const stream of [child.stdout!, child.stderr!]) stream.destroy();
    return isLate ? 'late' : (code ?? killedBy!);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function endWords(end: Exclude<ScriptEnd, 'late'>): string {
  return typeof end === 'number' ? `exit code ${end}` : `signal ${end}`;
}
