import type { Assignment } from '../../bench/index.ts';

/**
 * Estimates how long the runs in real time still take, from the ratio of time spent to the lower bounds of the runs
 * that are over. Runs on virtual time are not counted: they are short.
 */
export class TimeLeft {
  #doneWeight = 0;
  #spentS = 0;
  #startedMs = 0;

  start(): void {
    this.#startedMs = performance.now();
  }

  end(assignment: Assignment): void {
    if (!isInRealTime(assignment)) return;
    this.#doneWeight += weightOf(assignment);
    this.#spentS += (performance.now() - this.#startedMs) / 1000;
  }

  /** Seconds for the given runs, or null while nothing is known. */
  estimateS(runs: readonly Assignment[]): number | null {
    const weight = runs.filter(isInRealTime).reduce((sum, run) => sum + weightOf(run), 0);
    if (weight === 0 || this.#doneWeight === 0) return null;
    return (this.#spentS / this.#doneWeight) * weight;
  }
}

function isInRealTime({ run }: Assignment): boolean {
  return ['local', 'netns', 'vm', 'hardware'].includes(run.source);
}

/** Unicast takes time in proportion to the machines; the other transports grow less than that. */
function weightOf({ run }: Assignment): number {
  return run.transport.endsWith('unicast') ? run.machines : 1 + Math.log2(run.machines);
}
