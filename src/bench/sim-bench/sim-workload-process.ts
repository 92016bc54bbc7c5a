import { simulate } from '../../sim/index.ts';
import { SIM_WORKLOADS } from './sim-workloads.ts';

/** Runs the workload named by its argument once and prints what it took as one line of JSON; see `workload-child-process.ts`. */
const { name, peers, pieces, model } = SIM_WORKLOADS.find((workload) => workload.name === process.argv[2])!;
const before = process.cpuUsage();
const { machines, traceDigest } = simulate(model, 1);
const { user, system } = process.cpuUsage(before);
const unfinished = machines.filter(({ doneS }) => doneS === null).length;
const cpuS = (user + system) / 1e6;
process.stdout.write(
  `${JSON.stringify({
    name,
    peers,
    pieces,
    cpuS,
    pieceEventsPerCpuS: Math.round((peers * pieces) / cpuS),
    peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024),
    unfinished,
    makespanS: Math.max(...machines.map(({ doneS }) => doneS ?? Number.NaN)),
    traceDigest,
  })}\n`,
);
