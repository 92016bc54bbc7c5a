/** Agents tell their progress about once a second; over fewer seconds a rate would jump. */
const WINDOW_MS = 15_000;

interface Sample {
  readonly atMs: number;
  readonly share: number;
}

/** How fast a machine gets on in the phase that it is in. */
export class ShareRate {
  #phase: string | null = null;
  #samples: readonly Sample[] = [];

  /** Begins anew with a new phase, or where a share goes back. @param share 0 to 1 */
  add(phase: string | null, { atMs, share }: Sample): void {
    const isNew = phase !== this.#phase || share < (this.#samples.at(-1)?.share ?? 0);
    this.#phase = phase;
    const recent = isNew ? [] : this.#samples.filter((sample) => atMs - sample.atMs <= WINDOW_MS);
    this.#samples = [...recent, { atMs, share }];
  }

  /** Share per second; undefined while nothing is known. */
  get perS(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.share <= first.share) return undefined;
    return ((last.share - first.share) / (last.atMs - first.atMs)) * 1000;
  }
}
