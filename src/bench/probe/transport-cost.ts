import { median } from '../metrics/cell.ts';
import type { MachineResult, Phase, RunRecord, Transport } from '../record/run-record.ts';
import type { TransportCost } from './probe.ts';
import { type ProbeRuns, processorCost } from './processor-cost.ts';

/** What a probe knows of each transport: its costs, or why there are none. */
interface ProbedTransports {
  readonly costs: ReadonlyMap<Transport, TransportCost>;
  readonly leftOut: ReadonlyMap<Transport, string>;
}

interface Sizes {
  readonly rawBytes: number;
  readonly rateBps: (transport: Transport) => number;
}

/**
 * The costs by transport: times from the runs with one machine and the larger image, processor time from those with the
 * most machines and both. A transport is left out of which one of these never finished.
 */
export function transportCosts({ large, small }: ProbeRuns, sizes: Sizes): ProbedTransports {
  const costs = new Map<Transport, TransportCost>();
  const leftOut = new Map<Transport, string>();
  for (const transport of new Set([...large, ...small].map((record) => record.transport))) {
    const ofTransport = (record: RunRecord): boolean => record.transport === transport;
    const runs = { large: large.filter(ofTransport), small: small.filter(ofTransport) };
    const reason = failureOf(runs);
    if (reason === null) costs.set(transport, costOf(runs, sizes));
    else leftOut.set(transport, reason);
  }
  return { costs, leftOut };
}

/** Of the first kind of run that never finished, the first machine that failed; null where there is none. */
function failureOf({ large, small }: ProbeRuns): string | null {
  const kinds = [large, small].flatMap((runs) => [
    ...Map.groupBy(runs, ({ fleet }) => fleet.length).values(),
  ]);
  const unfinished = kinds.find((runs) => !runs.some(isFinished));
  if (unfinished === undefined) return null;
  const { machine, failure } = unfinished[0]!.fleet.find(({ isVerified }) => !isVerified)!;
  return `${machine}: ${failure}`;
}

/** Runs of every kind have finished. */
function costOf(runs: ProbeRuns, { rawBytes, rateBps }: Sizes): TransportCost {
  const [large, small] = [runs.large, runs.small].map((records) => records.filter(isFinished));
  const alone = large!.filter(({ fleet }) => fleet.length === 1);
  const middle = (of: (machine: MachineResult, record: RunRecord) => number): number =>
    median(alone.map((record) => of(record.fleet[0]!, record)))!;
  return {
    register: middle((machine) => lengthS(machine, 'register')),
    metainfo: middle((machine) => lengthS(machine, 'metainfo')),
    partition: middle((machine) => lengthS(machine, 'partition') + lengthS(machine, 'scan')),
    startUp: middle((machine, { wireBytes, transport }) =>
      Math.max(0, lengthS(machine, 'download') + lengthS(machine, 'write') - wireBytes / rateBps(transport)),
    ),
    verifyBps:
      rawBytes /
      Math.max(
        1e-3,
        middle((machine) => lengthS(machine, 'verify')),
      ),
    finish: middle((machine) => lengthS(machine, 'finish')),
    ...processorCost({ large: large!, small: small! })!,
  };
}

function isFinished({ fleet }: RunRecord): boolean {
  return fleet.every(({ isVerified }) => isVerified);
}

function lengthS({ phases }: MachineResult, phase: Phase): number {
  const [startS, endS] = phases[phase] ?? [0, 0];
  return endS - startS;
}
