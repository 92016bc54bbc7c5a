import type { DeploymentModel } from '../deployment-model.ts';
import { Simulation } from '../kernel/simulation.ts';
import { Connections } from '../network/connections.ts';
import { FlowNetwork } from '../network/flow-network.ts';
import { Topology } from '../network/topology.ts';
import { BootStorm } from './boot-storm.ts';

/**
 * When the first machine is ready to download [s]. Until then machines do nothing but boot, so a boot storm tells it by
 * itself.
 * @param poweredOnS by machine
 */
export function startOfTransferS(model: DeploymentModel, poweredOnS: Float64Array): number {
  const { register, metainfo, partition } = model.phases;
  return firstBootedS(model, poweredOnS) + register + metainfo + partition;
}

function firstBootedS(model: DeploymentModel, poweredOnS: Float64Array): number {
  const firmwareS = model.phases.boot;
  if (!model.boot) return firmwareS;
  const simulation = new Simulation();
  const network = new FlowNetwork(simulation, model.rateTolerance);
  const place = { simulation, network, topology: new Topology(model, network) };
  const storm = new BootStorm(model, model.boot, { ...place, connections: new Connections(model, place) });
  let firstS = Number.POSITIVE_INFINITY;
  for (const [index, startS] of poweredOnS.entries()) {
    // A machine that joins later is powered on by the start of the transfer, and has no part in it.
    if (model.machines[index]!.joinsAfterS > 0) continue;
    simulation.after(startS + firmwareS, () =>
      storm.begin(index + 1, () => {
        firstS = Math.min(firstS, simulation.now);
      }),
    );
  }
  simulation.run();
  return firstS;
}
