import type { WorkloadCost } from './workload-child-process.ts';

/** How processor time grows with the number of peers, at equal pieces. */
export interface Growth {
  readonly pieces: number;
  /** Of the smallest and the largest swarm. */
  readonly peers: readonly [from: number, to: number];
  /** k where the time grows as n^k, fitted (least squares of the logarithms). */
  readonly exponent: number;
  /** The same of n log n between these numbers of peers. */
  readonly exponentOfNLogN: number;
}

/** Growth over the workloads of so many pieces; undefined where there are fewer than three. */
export function growthOf(costs: readonly WorkloadCost[], pieces: number): Growth | undefined {
  const points = costs
    .filter((cost) => cost.pieces === pieces)
    .toSorted((one, other) => one.peers - other.peers);
  if (points.length < 3) return undefined;
  const [from, to] = [points[0]!.peers, points.at(-1)!.peers];
  return {
    pieces,
    peers: [from, to],
    exponent: slope(points.map(({ peers, cpuS }) => [Math.log(peers), Math.log(cpuS)])),
    exponentOfNLogN: Math.log((to * Math.log(to)) / (from * Math.log(from))) / Math.log(to / from),
  };
}

function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (place: 0 | 1) => points.reduce((sum, point) => sum + point[place], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const [covariance, variance] = points.reduce(
    ([both, alone], [x, y]) => [both + (x - meanX) * (y - meanY), alone + (x - meanX) ** 2],
    [0, 0],
  );
  return covariance / variance;
}
