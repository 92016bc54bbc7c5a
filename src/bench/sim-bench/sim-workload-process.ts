import { simulate, simulateMessages } from '../../sim/index.ts';
import { SIM_WORKLOADS } from './sim-workloads.ts';
import { SIMGRID_WORKLOAD } from './simgrid/simgrid-workload.ts';

/** Runs the workload named by its argument once and prints what it took as one line of JSON; see `workload-child-process.ts`. */
const workload = [...SIM_WORKLOADS, SIMGRID_WORKLOAD].find(({ name }) => name === process.argv[2])!;
const { name, peers, pieces } = workload;
const before = process.cpuUsage();
const { doneS, ...outcome } = run();
const { user, system } = process.cpuUsage(before);
const cpuS = (user + system) / 1e6;
process.stdout.write(
  `${JSON.stringify({
    name,
    peers,
    pieces,
    cpuS,
    pieceEventsPerCpuS: Math.round((peers * pieces) / cpuS),
    peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024),
    unfinished: doneS.filter((timeS) => !Number.isFinite(timeS)).length,
    makespanS: Math.max(...doneS),
    ...outcome,
  })}\n`,
);

function run() {
  if (workload.swarm === 'messages') {
    const { doneS, messages, traceDigest } = simulateMessages(workload.model, 1);
    return { doneS: [...doneS], messages, traceDigest };
  }
  const { machines, traceDigest } = simulate(workload.model, 1);
  return { doneS: machines.map((machine) => machine.doneS ?? Number.NaN), traceDigest };
}
