import type { Assignment } from '../../bench/index.ts';

/** What runs of one kind have taken. */
interface Spent {
  runs: number;
  seconds: number;
}

/**
 * Estimates how long the runs in real time still take: as long as the runs of the same cell did, or else in the ratio of
 * time to weight of all that are over. Runs on virtual time are not counted: they are short.
 */
export class TimeLeft {
  readonly #cells = new Map<string, Spent>();
  #doneWeight = 0;
  #spentS = 0;
  #startedMs = 0;

  start(): void {
    this.#startedMs = performance.now();
  }

  end(assignment: Assignment): void {
    if (!isInRealTime(assignment)) return;
    const tookS = (performance.now() - this.#startedMs) / 1000;
    this.#doneWeight += weightOf(assignment);
    this.#spentS += tookS;
    const { runs, seconds } = this.#cells.get(cellOf(assignment)) ?? { runs: 0, seconds: 0 };
    this.#cells.set(cellOf(assignment), { runs: runs + 1, seconds: seconds + tookS });
  }

  /** Seconds for the given runs, or null while nothing is known. */
  estimateS(runs: readonly Assignment[]): number | null {
    const inRealTime = runs.filter(isInRealTime);
    if (inRealTime.length === 0 || this.#doneWeight === 0) return null;
    return inRealTime.reduce((sum, run) => sum + this.#secondsOf(run), 0);
  }

  #secondsOf(assignment: Assignment): number {
    const spent = this.#cells.get(cellOf(assignment));
    return spent ? spent.seconds / spent.runs : (this.#spentS / this.#doneWeight) * weightOf(assignment);
  }
}

function isInRealTime({ run }: Assignment): boolean {
  return ['local', 'netns', 'vm', 'hardware'].includes(run.source);
}

function cellOf({ run }: Assignment): string {
  return `${run.source} ${run.transport} ${run.variant} ${run.machines}`;
}

/** Unicast takes a copy's time for each machine; other transports one, and little more for each machine beside it. */
function weightOf({ run: { transport, machines } }: Assignment): number {
  return transport.endsWith('unicast') ? machines : 1 + machines / 20;
}
