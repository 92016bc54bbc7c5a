import type { Assignment } from '../bench/index.ts';
import { RunFailure } from '../failure.ts';

/** Machines that failed against the intention of the scenario, over all runs of a command. */
export class FailedMachines {
  readonly #lines: string[] = [];

  add({ run }: Assignment, failures: readonly { machine: string; failure: string }[]): void {
    for (const { machine, failure } of failures) {
      this.#lines.push(`  ${run.source} ${run.transport}, ${run.machines} machines: ${machine}: ${failure}`);
    }
  }

  /** @throws RunFailure that names the machines and their reasons */
  throwIfAny(): void {
    if (this.#lines.length === 0) return;
    const machines = this.#lines.length === 1 ? 'One machine' : `${this.#lines.length} machines`;
    throw new RunFailure(
      'MACHINES_FAILED',
      `${machines} failed; the report shows what the others did.\n${this.#lines.join('\n')}`,
    );
  }
}
