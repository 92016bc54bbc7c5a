import { wireSize } from '../scenario/wire-size.ts';
import type { PlannedRun } from './executor.ts';
import type { MachineKind } from './fleet.ts';
import { isOneForAll } from './way-of-bytes.ts';

/**
 * Lower bound of the transfer [s] where switches have a limit: a copy for each machine that receives passes the switch of
 * its site, by multicast one for all. 0 where they have none.
 */
export function backplaneBoundS(
  { scenario: { image, network }, transport }: PlannedRun,
  receivers: readonly MachineKind[],
): number {
  const copies = isOneForAll(transport) ? 1 : mostAtOneSite(receivers);
  return (copies * wireSize(image)) / network.backplane;
}

function mostAtOneSite(kinds: readonly MachineKind[]): number {
  const counts = new Map<number, number>();
  for (const { site, count } of kinds) counts.set(site, (counts.get(site) ?? 0) + count);
  return Math.max(...counts.values());
}
