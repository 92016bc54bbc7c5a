import type { Scenario } from '../scenario/schema.ts';

/** What a machine reads [used byte/s]: one budget, where it has but one, is the lower of the two rates. */
export function readBps({ read, write, shared }: Scenario['disk']): number {
  return shared ? Math.min(read, write) : read;
}

/** What a machine decodes and writes [used byte/s]. */
export function writeBps({ disk: { read, write, shared }, image }: Scenario): number {
  return Math.min(shared ? Math.min(read, write) : write, image.decode);
}
