import type { DeploymentModel } from '../deployment-model.ts';

/**
 * What arrives in a second where the processors of a shared computer do nothing else [wire byte/s]; Infinity where
 * machines are computers of their own.
 */
export function processorsBps({ processors }: DeploymentModel): number {
  return processors ? processors.count / processors.perByteS : Number.POSITIVE_INFINITY;
}
