import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorClient, ShownDeployment, StoredEvent } from '../engine/index.ts';
import { RunFailure } from '../failure.ts';
import { interruptible } from './interruption.ts';
import { namesOf } from './machine-names.ts';
import { type OperatorOptions, openServer } from './operator-option.ts';
import type { DeploymentProgress } from './progress/deployment-progress.ts';
import { deploymentProgressOn } from './progress/deployment-progress-on.ts';
import { oneLine, tally } from './progress/target-line.ts';

const LOOK_MS = 1_000;
/** A server that is started again is waited for so long. */
const PATIENCE_MS = 300_000;
/** Of what happened before. */
const FIRST_EVENTS = 10;
/** Machines that are named in the sentence at the end. */
const MOST_NAMED = 5;

/**
 * Shows a deployment until it is over; Ctrl-C stops the watching alone. With `json` only its end is printed.
 * Rejects with a RunFailure (`NOT_DEPLOYED`) where a machine has not got the image.
 */
export async function watchDeployment(options: OperatorOptions, id: number): Promise<void> {
  const left = `deployment ${id} goes on: \`deploy watch ${id}\` shows it again, \`deploy cancel ${id}\` ends it`;
  await interruptible(async (signal) => {
    const server = await openServer(options, signal);
    const nameOf = namesOf(await server.machines());
    const progress = options.json ? SILENT : deploymentProgressOn(process.stdout, nameOf);
    const ended = await new Watch({ server, id, signal, progress })
      .untilOver()
      .finally(() => progress.close());
    if (options.json) process.stdout.write(`${JSON.stringify({ deployment: ended })}\n`);
    const failure = failureOf(ended, nameOf);
    if (failure !== undefined) throw new RunFailure('NOT_DEPLOYED', failure);
    if (!options.json) process.stdout.write(`deployment ${id} is done: ${tally(ended.machines)}\n`);
  }, left);
}

const SILENT: DeploymentProgress = { update: () => {}, say: () => {}, close: () => {} };

interface WatchParts {
  readonly server: OperatorClient;
  readonly id: number;
  readonly signal: AbortSignal;
  readonly progress: DeploymentProgress;
}

class Watch {
  readonly #parts: WatchParts;
  #lastEvent: number | undefined;
  #heardMs = 0;
  #isAway = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  async untilOver(): Promise<ShownDeployment> {
    const { signal, progress } = this.#parts;
    for (;;) {
      const deployment = await this.#look().catch((error) => this.#bear(error));
      if (deployment) {
        const events = await this.#news().catch((error) => this.#bear(error));
        progress.update(deployment, events ?? []);
        if (events && deployment.isOver) return deployment;
      }
      // Rejects with the reason of the signal, inside of an error that says no more.
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async #look(): Promise<ShownDeployment> {
    const { server, id, progress } = this.#parts;
    const deployment = await server.deployment(id);
    if (this.#isAway) progress.say('the server answers again');
    this.#isAway = false;
    this.#heardMs = performance.now();
    return deployment;
  }

  async #news(): Promise<readonly StoredEvent[]> {
    const { server, id } = this.#parts;
    const which = this.#lastEvent === undefined ? { last: FIRST_EVENTS } : { after: this.#lastEvent };
    const events = await server.events(id, which);
    this.#lastEvent = events.at(-1)?.id ?? this.#lastEvent;
    return events;
  }

  /** A server that was there may be away for a while. */
  #bear(error: unknown): undefined {
    const isLost = error instanceof RunFailure && error.code === 'SERVER_LOST';
    const wasThere = this.#heardMs > 0 && performance.now() - this.#heardMs < PATIENCE_MS;
    if (!isLost || !wasThere) throw error;
    if (!this.#isAway) this.#parts.progress.say(`${error.message}; trying on`);
    this.#isAway = true;
  }
}

/** What is to be said of a machine that nothing will become of, where its state does not say it. */
const LEFT: Readonly<Record<string, string>> = {
  verified: 'has the image and was not heard for ten minutes; it boots from its own disk',
};

function failureOf(
  { id, machines }: ShownDeployment,
  nameOf: (machine: string) => string,
): string | undefined {
  const without = machines.filter(({ state }) => state !== 'finished');
  if (without.length === 0) return undefined;
  const named = without
    .slice(0, MOST_NAMED)
    .map(({ machine, state, failure }) => `${nameOf(machine)} (${oneLine(failure ?? LEFT[state] ?? state)})`);
  const others = without.length > MOST_NAMED ? [`${without.length - MOST_NAMED} others`] : [];
  return `deployment ${id} is over, but not done: ${tally(machines)}: ${[...named, ...others].join(', ')}; \`deploy retry ${id}\` arms them again`;
}
