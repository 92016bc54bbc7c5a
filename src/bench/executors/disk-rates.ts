import type { Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What a machine reads [used byte/s]: one budget, where it has but one, is the lower of the two rates. */
export function readBps({ read, write, shared }: Scenario['disk']): number {
  return shared ? Math.min(read, write) : read;
}

/** What a machine decodes and writes [used byte/s]. */
export function writeBps({ disk: { read, write, shared }, image }: Scenario): number {
  return Math.min(shared ? Math.min(read, write) : write, image.decode);
}

/** Whether a machine writes when all has come instead of meanwhile. */
export function isSerial({ transports }: Scenario, transport: Transport): boolean {
  const settings = transports[transport];
  return settings !== undefined && 'diskWrite' in settings && settings.diskWrite === 'serial';
}

/**
 * Whether a machine reads back what it has written while the rest comes, as our agent does where a disk has no heads; the
 * programs of Clonezilla, and those that take a multicast, do so when all has come.
 */
export function isReadBackEarly(scenario: Scenario, transport: Transport): boolean {
  const { readBack, shared } = scenario.disk;
  const isByAgent = transport === 'p2p' || transport === 'chain' || transport === 'unicast';
  return readBack && !shared && isByAgent && !isSerial(scenario, transport);
}
