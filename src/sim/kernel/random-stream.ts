import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Purposes of chance: each draws from a stream of its own, so that a new use of one does not move the others. */
const STREAMS = ['arrivals', 'handout', 'swarm', 'loss', 'corruption', 'failures', 'exchange'] as const;
export type StreamName = (typeof STREAMS)[number];

/** A stream of random numbers that a random seed and a purpose determine. */
export class RandomStream {
  readonly #generator;

  constructor(randomSeed: number, name: StreamName) {
    this.#generator = xoroshiro128plus(randomSeed);
    for (let jumps = STREAMS.indexOf(name); jumps >= 0; jumps--) this.#generator.jump();
  }

  /** Uniform in [0, 1). */
  share(): number {
    return uniformFloat64(this.#generator);
  }

  /** Uniform whole number in [0, below). */
  below(below: number): number {
    return uniformInt(this.#generator, 0, below - 1);
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log1p(-this.share());
  }
}
