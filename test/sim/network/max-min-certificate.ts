/** A flow as it runs. */
export interface RunningFlow {
  readonly path: readonly number[];
  readonly rateBps: number;
  readonly capBps: number;
}

/** Room for rounding, as a share of a rate. */
const ROUNDING = 1e-9;

/**
 * What speaks against the rates being max-min fair, in sentences; nothing if they are. Rates are max-min fair if and
 * only if no link is overfull and every flow is at its own cap or crosses a full link on which no flow is faster
 * (Bertsekas & Gallager, Data Networks, 1992, section 6.5.2).
 * @param capacities capacity [byte/s] by link number
 */
export function objections(flows: readonly RunningFlow[], capacities: readonly number[]): string[] {
  const loads = capacities.map(() => 0);
  const fastest = capacities.map(() => 0);
  for (const { path, rateBps } of flows) {
    for (const link of path) {
      loads[link]! += rateBps;
      fastest[link] = Math.max(fastest[link]!, rateBps);
    }
  }
  const isFull = (link: number) => loads[link]! >= capacities[link]! * (1 - ROUNDING);
  const isHeldBack = ({ path, rateBps, capBps }: RunningFlow) =>
    rateBps >= capBps * (1 - ROUNDING) ||
    path.some((link) => isFull(link) && rateBps >= fastest[link]! * (1 - ROUNDING));
  return [
    ...capacities
      .map((capacityBps, link) => `link ${link} carries ${loads[link]} of ${capacityBps}`)
      .filter((_, link) => loads[link]! > capacities[link]! * (1 + ROUNDING)),
    ...flows
      .filter(({ rateBps, capBps }) => rateBps > capBps * (1 + ROUNDING))
      .map(({ rateBps, capBps }) => `a flow has ${rateBps}, its cap is ${capBps}`),
    ...flows
      .filter((flow) => !isHeldBack(flow))
      .map(({ path, rateBps }) => `nothing holds the flow over ${path.join('-')} back at ${rateBps}`),
  ];
}
