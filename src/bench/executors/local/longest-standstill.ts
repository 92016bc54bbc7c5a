import type { LinkChange } from '../fleet.ts';
import type { LabPlan } from './lab-plan.ts';

/**
 * What the scenario stops for a time: nobody may receive a byte for so long, and TCP takes up to as long again to notice
 * that it goes on.
 */
export function longestStandstillMs({
  serverLinkChanges,
  serverStops,
  machines,
  casting,
}: Pick<LabPlan, 'serverLinkChanges' | 'serverStops' | 'machines' | 'casting'>): number {
  const stopsS = serverStops.map(({ forS }) => forS);
  const cutsS = [serverLinkChanges, ...machines.map(({ linkChanges }) => linkChanges)].flatMap(cutsIn);
  const lastsS = [...stopsS, ...cutsS, casting?.dropAfterS ?? 0].filter((seconds) => seconds < Infinity);
  return 1000 * Math.max(0, ...lastsS);
}

/** How long each time for which a cable is out lasts [s]. */
function cutsIn(changes: readonly LinkChange[]): number[] {
  return changes.flatMap(({ atS, link }, index) => {
    const next = changes[index + 1];
    return link.upBps === 0 && next ? [next.atS - atS] : [];
  });
}
