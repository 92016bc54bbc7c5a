import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { RunFailure } from '../../../failure.ts';
import { killDescendants } from '../local/process-tree.ts';
import { withinLimit } from '../local/step-limit.ts';

/** A machine of a room, as the server knows it. */
export interface RoomMachine {
  /** `m001`, `m002`, ... */
  readonly label: string;
  readonly mac: string;
  /** What its operator calls it, or its MAC. */
  readonly name: string;
}

/** It only presses a button: what has not answered by then will not [ms]. */
const LIMIT_MS = 120_000;

/** Whoever ends the command before it is over. */
interface SwitchLimits {
  readonly signal: AbortSignal;
  readonly limitMs?: number;
}

/**
 * Switches a machine on by the operator's command, such as one of IPMI.
 * Rejects with a RunFailure where the command fails (`POWER`) or is not over in time (`LAB_STEP`); then it is ended.
 */
export async function switchOn(
  command: string,
  { mac, name }: RoomMachine,
  { signal, limitMs = LIMIT_MS }: SwitchLimits,
): Promise<void> {
  const env = { ...process.env, MACHINE: mac, NAME: name };
  const shell = spawn('sh', ['-c', command], { env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = Promise.all([text(shell.stderr), once(shell, 'close')]);
  const step = { host: name, name: 'the command of --power', limitMs };
  const [said, [code]] = await withinLimit(ended, step).catch((error: unknown) => {
    end(shell);
    throw error;
  });
  if (code === 0) return;
  const reason = said.trim().split('\n').at(-1) || `it ended with ${code}`;
  throw new RunFailure('POWER', `the command of --power failed for ${name}: ${reason}`);
}

/** With what it has started. */
function end(shell: ChildProcess): void {
  if (shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
  killDescendants(shell.pid);
  shell.kill('SIGKILL');
}
