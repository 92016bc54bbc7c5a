import { randomInt } from 'node:crypto';
import type { Chance } from './policy/chance.ts';

/** Chance of the operating system, for peers in the field. */
export class SystemChance implements Chance {
  below(below: number): number {
    return randomInt(below);
  }

  shuffle(items: Int32Array): Int32Array {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [items[last], items[other]] = [items[other]!, items[last]!];
    }
    return items;
  }
}
