import { wireSize } from '../../scenario/wire-size.ts';
import { boundsOf } from '../bounds.ts';
import type { PlannedRun } from '../executor.ts';
import { type LabMachine, labPlanOf } from '../local/lab-plan.ts';

/** A transport that needs longer than this many times what it takes at least is recorded as unfinished. */
const MOST_BOUNDS = 8;
const SHORTEST_S = 60;

/** Time from the start of the transfer after which unfinished machines are given up [ms]. */
export function deadlineMsOf(run: PlannedRun): number {
  const { faults } = run.scenario;
  const lastStartS = Math.max(...labPlanOf(run).machines.map(({ powerOnMs }) => powerOnMs / 1000));
  const beginS = Math.max(lastStartS, lastChangeS(faults));
  return Math.max(SHORTEST_S, beginS + MOST_BOUNDS * leastS(run)) * 1000;
}

/**
 * What the transfer takes at least when nothing changes any more [s]. The bound knows nothing of caps, of what a sender to
 * all holds to, nor of links that have become slow for good; and clients may not go by sites.
 */
function leastS(run: PlannedRun): number {
  const { image, network } = run.scenario;
  const { machines, casting } = labPlanOf(run);
  const wansBps = (network.sites ?? []).flatMap(({ wan }) => (wan ? [wan.up, wan.down] : []));
  const thinnestBps = Math.min(
    network.connectionCap,
    casting?.rateBps ?? Infinity,
    ...wansBps,
    ...machines.map(lastDownBps),
  );
  return Math.max(boundsOf(run, false).lowerBoundS, wireSize(image) / thinnestBps);
}

/** No cable stays out for good. */
function lastDownBps({ link, linkChanges }: LabMachine): number {
  return (linkChanges.at(-1)?.link ?? link).downBps;
}

/** When the last of what goes wrong is over, from the start of the transfer on. */
function lastChangeS(faults: PlannedRun['scenario']['faults']): number {
  const endsS = faults.map((fault) => {
    const atS = 'at' in fault ? fault.at : 0;
    const lastsS = ('for' in fault && fault.for) || 0;
    const backS = ('back' in fault && fault.back) || 0;
    return atS + lastsS + backS;
  });
  return Math.max(0, ...endsS);
}
