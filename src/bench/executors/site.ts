import type { Scenario } from '../scenario/schema.ts';

/**
 * The site at which a machine stands, as an index; 0 where there is one site only.
 * @param shareBefore share of all machines that come before this one, 0 to 1
 */
export function siteOf({ network }: Scenario, shareBefore: number): number {
  let filled = 0;
  for (const [site, { machines }] of (network.sites ?? []).entries()) {
    filled += machines;
    if (shareBefore < filled - 1e-9) return site;
  }
  return Math.max(0, (network.sites?.length ?? 1) - 1);
}
