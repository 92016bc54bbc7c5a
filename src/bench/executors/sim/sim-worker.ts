import { parentPort } from 'node:worker_threads';
import { type DeploymentModel, simulate } from '../../../sim/index.ts';

/** Asks the worker for one run. */
export interface SimulationRequest {
  readonly model: DeploymentModel;
  readonly randomSeed: number;
}

parentPort!.on('message', ({ model, randomSeed }: SimulationRequest) => {
  parentPort!.postMessage(simulate(model, randomSeed));
});
