import { parentPort } from 'node:worker_threads';
import {
  type DeploymentModel,
  pieceCountOf,
  type SimulatedDeployment,
  simulate,
} from '../../../sim/index.ts';

/** Asks the worker for one run. */
export interface SimulationRequest {
  readonly model: DeploymentModel;
  readonly randomSeed: number;
  /** Whether to note when each piece came. */
  readonly isPieceByPiece: boolean;
}

/** What the worker found out. */
export interface SimulationAnswer {
  readonly simulated: SimulatedDeployment;
  /** By machine and by piece [s], where that was wanted; not a number for a piece that did not come by itself. */
  readonly pieceTimes: readonly Float64Array[] | undefined;
}

parentPort!.on('message', ({ model, randomSeed, isPieceByPiece }: SimulationRequest) => {
  const pieces = pieceCountOf(model);
  const pieceTimes = isPieceByPiece
    ? model.machines.map(() => new Float64Array(pieces).fill(Number.NaN))
    : undefined;
  const simulated = simulate(
    model,
    randomSeed,
    pieceTimes &&
      (({ timeS, machine, piece }) => {
        if (piece !== undefined) pieceTimes[machine - 1]![piece] = timeS;
      }),
  );
  parentPort!.postMessage({ simulated, pieceTimes } satisfies SimulationAnswer);
});
