import type { DeploymentModel } from '../../sim/index.ts';
import type { TransportCost } from './probe.ts';

/**
 * The model of a deployment in the lab that was probed, whose machines share the processors of one computer. What keeps
 * a processor busy takes a machine as long as it took alone, until there are more machines than processors: then they take
 * turns. What the transfer costs beside and with its bytes is work that all share, and slows nothing down before the
 * processors are all busy. Phases and rates that the scenario gives itself stay as they are.
 */
export function probedModel(model: DeploymentModel, cost: TransportCost, cores: number): DeploymentModel {
  const { register, metainfo, partition, startUp, finish, verifyBps, cpuPerMachine, cpuPerByte } = cost;
  const turns = Math.max(1, model.machines.length / cores);
  const { phases, disk } = model;
  const leftS = Math.max(0, cpuPerMachine - (register + metainfo + partition));
  // Before the first byte programs start, which is work, and wait for each other, which is none.
  const startingS = Math.min(startUp, leftS);
  return {
    ...model,
    phases: {
      ...phases,
      register: phases.register || register * turns,
      metainfo: phases.metainfo || metainfo * turns,
      // The simulator has no phase for programs that start.
      partition: phases.partition || (partition + startingS) * turns + (startUp - startingS),
      finish: phases.finish || finish * turns,
    },
    disk: Number.isFinite(disk.readBps)
      ? disk
      : // What was read back beside the download is in the rate that was measured.
        { ...disk, readBps: verifyBps / turns, isReadBackEarly: false },
    processors: { count: cores, perByteS: cpuPerByte, perMachineS: leftS - startingS },
  };
}
