import type { DeploymentModel } from '../deployment-model.ts';
import { RandomStream } from '../kernel/random-stream.ts';

/** Which pieces arrive with a wrong hash: each by chance, whoever sent it. */
export class Corruption {
  readonly #share: number;
  readonly #chance: RandomStream;

  constructor({ corruptShare = 0 }: DeploymentModel, randomSeed: number) {
    this.#share = corruptShare;
    this.#chance = new RandomStream(randomSeed, 'corruption');
  }

  /** Whether the piece that has just arrived is wrong. */
  strikes(): boolean {
    return this.#share > 0 && this.#chance.share() < this.#share;
  }
}
