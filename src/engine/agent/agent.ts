import { RunFailure } from '../../failure.ts';
import { DeploymentClient } from '../http/deployment-client.ts';
import { memoryFor } from './agent-memory.ts';
import type { AgentTask, AgentWatch, DeployedMachine } from './agent-task.ts';
import { collectGarbageSeldom } from './garbage-collection.ts';
import { MachineDeployment } from './machine-deployment.ts';
import { PhaseClock } from './phase-clock.ts';
import { leaveWebAssemblyPlain } from './web-assembly.ts';

/**
 * Deploys one machine: register, metainfo, partition, scan, download, verify, finish. A dry run ends before the first
 * write, and changes nothing at the server either: it hears no reports, and of no failure.
 * Resolves when the image is on the medium and the server knows; the transport goes on serving others.
 * Rejects with the RunFailure of the phase that could not be done, which the server is told of.
 * @param signal the machine is interrupted, and may go on later: what fails from then on is no failure of its own
 */
export async function runAgent(
  task: AgentTask,
  watch: AgentWatch,
  signal?: AbortSignal,
): Promise<DeployedMachine> {
  leaveWebAssemblyPlain();
  collectGarbageSeldom(task.memory ?? memoryFor(task.facts.memoryBytes));
  const client = new DeploymentClient(task.server);
  const clock = new PhaseClock(task, watch);
  const { isDryRun: isTrial, facts } = task;
  const { firmware, ids, memoryBytes, disks } = facts;
  const deployment = await clock.during('register', () =>
    client.register({ firmware, ids, memoryBytes, disks, isTrial }),
  );
  const { machine: name } = deployment;
  const machine = new MachineDeployment({
    ...{ task, clock, client, deployment },
    watch: isTrial ? watch : toldTo(client, name, watch),
  });
  const refused = isTrial ? [] : [clock.reportTo(client, name)];
  const failed = async (error: unknown, interrupted = signal): Promise<never> => {
    await machine.close();
    // Whatever else ends it, somebody has to hear of.
    if (!interrupted?.aborted && !isTrial)
      await told(client, name, failureOf(error)).catch(({ message }) => watch.noted(message));
    throw error;
  };
  try {
    const outcome = await Promise.race([machine.run(), ...refused]);
    return {
      outcome,
      steps: deployment.steps,
      async finish(hooks, signal) {
        // Who is not heard for long while it has the image is taken for gone.
        clock.reportTo(client, name);
        try {
          await machine.finish(hooks, signal);
        } catch (error) {
          await failed(error, signal);
        } finally {
          clock.stop();
        }
      },
    };
  } catch (error) {
    return await failed(error);
  } finally {
    clock.stop();
  }
}

function failureOf(error: unknown): RunFailure {
  return error instanceof RunFailure ? error : new RunFailure('INTERNAL', String(error));
}

/** What passes by itself: the machine goes on when it has booted again, without an operator. */
const PASSING: ReadonlySet<string> = new Set(['SERVER_LOST', 'TRACKER']);

async function told(client: DeploymentClient, machine: string, failure: RunFailure): Promise<void> {
  if (PASSING.has(failure.code))
    await client.reportNote(machine, `given up until it is started again: ${failure.message}`);
  else await client.reportFailure(machine, failure);
}

/** Notes that wait to be told: what comes beside them is lost to the server. */
const MOST_WAITING = 100;

/** The server keeps what the agent notes, one after the other; that a note gets lost is no failure. */
function toldTo(client: DeploymentClient, machine: string, watch: AgentWatch): AgentWatch {
  let waiting = 0;
  let told = Promise.resolve();
  const tell = async (sentence: string): Promise<void> => {
    await client.reportNote(machine, sentence).catch(() => {});
    waiting--;
  };
  return {
    phaseStarted: (phase) => watch.phaseStarted(phase),
    phaseEnded: (phase) => watch.phaseEnded(phase),
    progressed: (share) => watch.progressed(share),
    noted(sentence) {
      watch.noted(sentence);
      if (waiting === MOST_WAITING) return;
      waiting++;
      told = told.then(() => tell(sentence));
    },
  };
}
