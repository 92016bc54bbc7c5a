import type { RunFailure } from '../../failure.ts';
import type { AgentReport } from '../http/agent-report.ts';
import type { DeploymentClient } from '../http/deployment-client.ts';
import type { AgentPhase, AgentTask, AgentWatch } from './agent-task.ts';

const REPORT_MS = 2_000;

/** Does one phase after the other, and tells the watch and the server how far each of them is. */
export class PhaseClock {
  readonly #watch: AgentWatch;
  readonly #transport: AgentTask['transport'];
  #reports: NodeJS.Timeout | undefined;
  #phase: AgentPhase = 'register';
  #share = 0;
  readonly #startMs = performance.now();
  readonly #times: Record<string, [startS: number, endS: number]> = {};

  constructor({ transport }: Pick<AgentTask, 'transport'>, watch: AgentWatch) {
    this.#transport = transport;
    this.#watch = watch;
  }

  async during<Result>(phase: AgentPhase, work: () => Promise<Result>): Promise<Result> {
    this.#phase = phase;
    this.#share = 0;
    this.#watch.phaseStarted(phase);
    const startS = this.#elapsedS();
    const result = await work();
    this.#watch.phaseEnded(phase);
    this.#times[phase] = [startS, this.#elapsedS()];
    return result;
  }

  /** Start and end of each phase that has ended [s], counted from the start of the agent. */
  get times(): AgentReport['phases'] {
    return this.#times;
  }

  /** Share of the phase that is done, 0 to 1. */
  progressed(share: number): void {
    this.#share = share;
    this.#watch.progressed(share);
  }

  /**
   * Reports from now on; that a report gets lost is no failure.
   * @returns rejects when the server wants nothing more of this machine, as after the operator has cancelled it
   */
  reportTo(client: DeploymentClient, machine: string): Promise<never> {
    const refused = Promise.withResolvers<never>();
    // Nobody may be waiting for it any more.
    refused.promise.catch(() => {});
    this.#reports = setInterval(() => {
      const share = this.#phase === 'download' ? this.#transport.statistics().share : this.#share;
      client.reportProgress({ machine, phase: this.#phase, share }).catch((error: RunFailure) => {
        if (error.code === 'REFUSED') refused.reject(error);
      });
    }, REPORT_MS);
    return refused.promise;
  }

  #elapsedS(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  stop(): void {
    clearInterval(this.#reports);
  }
}
