import type { DeploymentModel } from '../../sim/index.ts';
import type { TransportCost } from './probe.ts';

/**
 * The model of a deployment in the lab that was probed, whose machines share the processors of one computer. What keeps
 * a processor busy takes a machine as long as it took alone, until there are more machines than processors: then they take
 * turns. Phases and rates that the scenario gives itself stay as they are.
 */
export function probedModel(
  model: DeploymentModel,
  { startUp, verifyBps, ...cost }: TransportCost,
  cores: number,
): DeploymentModel {
  const turns = Math.max(1, model.machines.length / cores);
  const { phases, disk } = model;
  return {
    ...model,
    phases: {
      ...phases,
      register: phases.register || cost.register * turns,
      metainfo: phases.metainfo || cost.metainfo * turns,
      // The simulator has no phase for programs that start: they do so before the first byte.
      partition: phases.partition || cost.partition * turns + startUp,
      finish: phases.finish || cost.finish * turns,
    },
    disk: Number.isFinite(disk.readBps) ? disk : { ...disk, readBps: verifyBps / turns },
  };
}
