import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RunFailure } from '../../../failure.ts';
import { leaveSignalsToBench } from '../local/leave-signals-to-bench.ts';
import { portable } from '../local/portable-failure.ts';
import { sayToBench } from '../local/say-to-bench.ts';
import type { KeeperCommand, KeeperReport } from './keeper-messages.ts';
import type { SetUpStep } from './set-up-step.ts';

/** The process that owns the namespaces of one run: it makes them, and when the bench is gone, it removes them. */

const report = sayToBench<KeeperReport>;
/** Time that processes in the namespaces have to end by themselves once the bench is gone. */
const GRACE_MS = 3_000;
const GRACE_STEP_MS = 100;
const IP = 'ip';
/** Where `ip netns` keeps the names. */
const NAMES_FOLDER = '/run/netns';

let namespaces: readonly string[] = [];

process.on('disconnect', () => {
  removeInTime().finally(() => process.exit(0));
});
leaveSignalsToBench();
// SIGTERM may go to the whole process group, too; from the bench itself it comes when nothing stands any more.
process.on('SIGTERM', () => {
  if (standing().length === 0) process.exit(0);
});

process.on('message', (command: KeeperCommand) => {
  try {
    report(obey(command));
  } catch (error) {
    report({ kind: 'failed', failure: portable(error) });
  }
});

function obey(command: KeeperCommand): KeeperReport {
  switch (command.kind) {
    case 'build':
      namespaces = command.namespaces;
      for (const step of command.steps) perform(step);
      return { kind: 'built' };
    case 'change':
      for (const step of command.steps) perform(step);
      return { kind: 'changed' };
    case 'remove':
      remove();
      return { kind: 'removed' };
  }
}

function perform({ command, input }: SetUpStep): void {
  const [program, ...options] = command;
  try {
    execFileSync(program!, options, { input, stdio: ['pipe', 'ignore', 'pipe'] });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: Buffer; message: string };
    const said = stderr?.toString().trim().split('\n')[0] || message;
    throw new RunFailure('NETNS', `the network of the lab could not be made: ${command.join(' ')}: ${said}`, {
      cause,
    });
  }
}

/** The agents notice by themselves that the bench is gone, and the server process clears up its folder. */
async function removeInTime(): Promise<void> {
  for (let waitedMs = 0; waitedMs < GRACE_MS && inside().length > 0; waitedMs += GRACE_STEP_MS) {
    await delay(GRACE_STEP_MS);
  }
  remove();
}

function remove(): void {
  for (const pid of inside()) end(pid);
  const names = standing();
  if (names.length === 0) return;
  const input = `${names.map((name) => `netns delete ${name}`).join('\n')}\n`;
  perform({ command: [IP, '-force', '-batch', '-'], input });
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Processes in our namespaces. */
function inside(): number[] {
  return standing().flatMap((name) =>
    execFileSync(IP, ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number),
  );
}

function standing(): readonly string[] {
  return namespaces.filter((name) => existsSync(`${NAMES_FOLDER}/${name}`));
}
