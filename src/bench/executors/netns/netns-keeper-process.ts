import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RunFailure } from '../../../failure.ts';
import { isProcessAlive } from '../local/is-process-alive.ts';
import { leaveSignalsToBench } from '../local/leave-signals-to-bench.ts';
import { pidNamespace } from '../local/pid-namespace-reader.ts';
import { portable } from '../local/portable-failure.ts';
import { sayToBench } from '../local/say-to-bench.ts';
import type { KeeperCommand, KeeperReport } from './keeper-messages.ts';
import type { SetUpStep } from './set-up-step.ts';
import { benchOf } from './topology.ts';

/**
 * The process that owns the namespaces of one run: it makes them, and when the bench is gone, it removes them. What others
 * have left who were killed with their benches it removes first.
 */

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
      removeStale();
      namespaces = command.namespaces;
      for (const step of command.steps) perform(step);
      return { kind: 'built' };
    case 'change':
      for (const step of command.steps) perform(step);
      return { kind: 'changed' };
    case 'remove':
      remove(standing());
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
  for (let waitedMs = 0; waitedMs < GRACE_MS && inside(standing()).length > 0; waitedMs += GRACE_STEP_MS) {
    await delay(GRACE_STEP_MS);
  }
  remove(standing());
}

function remove(names: readonly string[]): void {
  for (const pid of inside(names)) end(pid);
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

/** Processes in these namespaces. */
function inside(names: readonly string[]): number[] {
  return names.flatMap((name) =>
    execFileSync(IP, ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number),
  );
}

/** Another lab that starts may be about it as well: what is left is found by the next. */
function removeStale(): void {
  try {
    remove(staleNamespaces());
  } catch {
    // They are in nobody's way.
  }
}

/** Of benches that are gone; of those of other containers nobody can tell here whether they are. */
function staleNamespaces(): readonly string[] {
  const names = existsSync(NAMES_FOLDER) ? readdirSync(NAMES_FOLDER) : [];
  return names.filter((name) => {
    const bench = benchOf(name);
    return bench?.pidNamespace === pidNamespace() && !isProcessAlive(bench.pid);
  });
}

function standing(): readonly string[] {
  return namespaces.filter((name) => existsSync(`${NAMES_FOLDER}/${name}`));
}
