import type { Chance } from './chance.ts';

/**
 * Every item once, in random order, drawn as it is asked for: the first few of many cost no more than those few
 * (Fisher-Yates over places that were moved).
 */
export function* inRandomOrder(items: readonly number[], chance: Chance): Generator<number, void> {
  const moved = new Map<number, number>();
  for (let rest = items.length; rest > 0; rest--) {
    const place = chance.below(rest);
    yield items[moved.get(place) ?? place]!;
    moved.set(place, moved.get(rest - 1) ?? rest - 1);
  }
}
