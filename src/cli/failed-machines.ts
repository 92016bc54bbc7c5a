import type { RunRecord } from '../bench/index.ts';
import { RunFailure } from '../failure.ts';

/** Machines that failed against the intention of the scenario, over all runs that count, those that were resumed, too. */
export class FailedMachines {
  readonly #lines: string[] = [];

  add(
    { source, transport, machines }: RunRecord,
    failures: readonly { machine: string; failure: string }[],
  ): void {
    for (const { machine, failure } of failures) {
      this.#lines.push(`  ${source} ${transport}, ${machines} machines: ${machine}: ${failure}`);
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
