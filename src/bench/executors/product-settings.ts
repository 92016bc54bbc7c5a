import { BEST_POLICIES } from '../../engine/index.ts';
import type { Scenario } from '../scenario/schema.ts';

/** Slots of the server and of an agent, as they are deployed with. */
const SLOTS = { uploadSlots: 4, seederSlots: 5 } as const;

/** The swarm as it is deployed with. */
export const PRODUCT_SWARM = { ...BEST_POLICIES, ...SLOTS, neighbours: 24 } as const;

/** What is deployed with cannot be chosen where machines run the product as it is; each as `key.path: reason`. */
export function unsupportedByProduct({ transports: { p2p } }: Scenario, where: string): string[] {
  if (!p2p) return [];
  const own = { ...BEST_POLICIES, ...SLOTS };
  const names = [
    'uploadSlots',
    'seederSlots',
    'picker',
    'randomFirst',
    'choker',
    'seeder',
    'pipeline',
  ] as const;
  return names
    .filter((name) => p2p[name] !== own[name])
    .map((name) => `transports.p2p.${name}: ${where} runs the product as it is, with ${own[name]}`);
}
