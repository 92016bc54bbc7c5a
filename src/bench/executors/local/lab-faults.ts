import { truncate } from 'node:fs/promises';
import type { LinkRates } from '../../../engine/index.ts';
import type { ServerStop } from '../fleet.ts';
import { isOneForAll } from '../way-of-bytes.ts';
import type { AgentChild } from './agent-child.ts';
import { monotonicMs } from './lab-messages.ts';
import { type LabPlace, SERVER } from './lab-place.ts';
import type { LabMachine, LabPlan } from './lab-plan.ts';
import type { RunMeter } from './run-meter.ts';
import type { ServerChild } from './server-child.ts';
import type { Timetable } from './timetable.ts';

/** What faults befall. */
export interface FaultyLab {
  readonly plan: LabPlan;
  readonly place: LabPlace;
  readonly server: ServerChild;
  /** In the order of the plan's machines. */
  readonly agents: readonly AgentChild[];
  readonly meter: RunMeter;
  readonly timetable: Timetable;
  diskOf(machine: LabMachine): string;
  /** Hears of a fault that could not be brought about. */
  failed(error: unknown): void;
}

/** What happens to a lab in the middle of its run; all times count from the start of the transfer. */
export class LabFaults {
  readonly #lab: FaultyLab;
  readonly #startedMs: number;

  constructor(lab: FaultyLab, startedMs: number) {
    this.#lab = lab;
    this.#startedMs = startedMs;
  }

  /** Once. */
  begin(): void {
    const { plan, agents } = this.#lab;
    for (const [index, machine] of plan.machines.entries()) {
      const agent = agents[index]!;
      if (machine.killedAfterMs < Infinity) this.#planPowerCut(agent, machine);
      if (machine.joinsAfterMs > 0) this.#at(machine.joinsAfterMs, () => agent.powerOn());
    }
    for (const stop of plan.serverStops) this.#planStop(stop);
    const changing = [{ name: SERVER, linkChanges: plan.serverLinkChanges }, ...plan.machines];
    for (const { name, linkChanges } of changing) {
      for (const { atS, link } of linkChanges) this.#at(atS * 1000, () => this.#changeLink(name, link));
    }
  }

  #at(sinceStartMs: number, act: () => void): void {
    this.#lab.timetable.after(this.#startedMs + sinceStartMs - monotonicMs(), act);
  }

  #planStop({ part, atS, forS }: ServerStop): void {
    const { server, failed } = this.#lab;
    if (part === 'tracker') return this.#at(atS * 1000, () => server.stopTracker());
    const killed = Promise.withResolvers<void>();
    // Also where the run is over before the server would be back.
    killed.promise.catch(failed);
    this.#at(atS * 1000, () => killed.resolve(server.kill()));
    this.#at((atS + forS) * 1000, () => {
      killed.promise.then(() => server.restart()).catch(failed);
    });
  }

  #changeLink(host: string, link: LinkRates): void {
    const { place, failed } = this.#lab;
    place.changeLink!(host, link).catch(failed);
  }

  #planPowerCut(agent: AgentChild, machine: LabMachine): void {
    const { plan, meter, failed } = this.#lab;
    const { killedAfterMs, backAfterMs } = machine;
    const isBack = backAfterMs < Infinity && !isOneForAll(plan.transport);
    const cut = Promise.withResolvers<void>();
    // Also where the run is over before its power would be back.
    cut.promise.catch(failed);
    this.#at(killedAfterMs, () => {
      meter.read(agent.log.machine);
      if (isBack) return cut.resolve(this.#losePower(agent, machine));
      if (backAfterMs < Infinity)
        agent.log.failed(`it lost its power, and ${plan.transport} takes nobody in once it has begun`);
      agent.kill();
    });
    if (!isBack) return;
    this.#at(backAfterMs, () => {
      cut.promise.then(
        () => agent.powerBack(),
        () => {},
      );
    });
  }

  /** A disk has its size, whatever a program that was writing to it has made of the file. */
  async #losePower(agent: AgentChild, machine: LabMachine): Promise<void> {
    const { plan, diskOf } = this.#lab;
    await agent.losePower();
    await truncate(diskOf(machine), plan.imageBytes);
  }
}
