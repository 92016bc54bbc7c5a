import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Purposes of chance: each draws from a stream of its own, so that a new use of one does not move the others. */
const STREAMS = ['arrivals', 'handout', 'swarm', 'loss', 'corruption', 'failures', 'exchange'] as const;
export type StreamName = (typeof STREAMS)[number];

/** How many words the generator draws from. */
const WORDS = 2 ** 32;

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

  /** Uniform whole number in [0, below), `below` up to 2^32: what `uniformInt` of pure-rand says, in whole numbers. */
  below(below: number): number {
    let drawn = this.#word();
    // The last of all words would make the first numbers likelier than others.
    while (drawn >= WORDS - below && drawn >= Math.floor(WORDS / below) * below) drawn = this.#word();
    return drawn % below;
  }

  #word(): number {
    return (this.#generator.next() ^ 0x8000_0000) >>> 0;
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log1p(-this.share());
  }
}
