import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { RunFailure } from '../../../failure.ts';

/** A machine of a room, as the server knows it. */
export interface RoomMachine {
  /** `m001`, `m002`, ... */
  readonly label: string;
  readonly mac: string;
  /** What its operator calls it, or its MAC. */
  readonly name: string;
}

/**
 * Switches a machine on by the operator's command, such as one of IPMI.
 * Rejects with a RunFailure (`POWER`) where the command fails.
 */
export async function switchOn(
  command: string,
  { mac, name }: RoomMachine,
  signal: AbortSignal,
): Promise<void> {
  const env = { ...process.env, MACHINE: mac, NAME: name };
  const shell = spawn('sh', ['-c', command], { env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(shell.stderr), once(shell, 'close')]);
  if (code === 0) return;
  const reason = said.trim().split('\n').at(-1) || `it ended with ${code}`;
  throw new RunFailure('POWER', `the command of --power failed for ${name}: ${reason}`);
}
