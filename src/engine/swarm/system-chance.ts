import { randomInt } from 'node:crypto';
import type { Chance } from './policy/chance.ts';

/** Chance of the operating system, for peers in the field. */
export class SystemChance implements Chance {
  below(below: number): number {
    return randomInt(below);
  }
}
