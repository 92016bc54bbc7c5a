import type { SwarmEffect } from './torrent/swarm-effect.ts';

/**
 * Does what a state machine decides, in the order in which it was decided: to do one thing may make another happen, and
 * what that leads to comes behind what was decided before. Else a peer could hear last what was said first.
 */
export class EffectQueue {
  readonly #perform: (effect: SwarmEffect) => void;
  readonly #waiting: SwarmEffect[] = [];
  #isPerforming = false;

  constructor(perform: (effect: SwarmEffect) => void) {
    this.#perform = perform;
  }

  add(effects: readonly SwarmEffect[]): void {
    for (const effect of effects) this.#waiting.push(effect);
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    try {
      // It may grow meanwhile.
      for (const effect of this.#waiting) this.#perform(effect);
    } finally {
      this.#waiting.length = 0;
      this.#isPerforming = false;
    }
  }
}
