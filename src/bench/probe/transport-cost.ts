import { median } from '../metrics/cell.ts';
import type { MachineResult, Phase, RunRecord, Transport } from '../record/run-record.ts';
import type { TransportCost } from './probe.ts';
import { type ProbeRuns, processorCost } from './processor-cost.ts';

/**
 * The costs by transport: times from the runs with one machine and the larger image, processor time from those with the
 * most machines and both. A transport is left out of which one of these never finished.
 */
export function transportCosts(
  { large, small }: ProbeRuns,
  { rawBytes, rateBps }: { readonly rawBytes: number; readonly rateBps: (transport: Transport) => number },
): ReadonlyMap<Transport, TransportCost> {
  const costs = new Map<Transport, TransportCost>();
  const smallBy = Map.groupBy(small.filter(isFinished), ({ transport }) => transport);
  for (const [transport, same] of Map.groupBy(large.filter(isFinished), (record) => record.transport)) {
    const alone = same.filter(({ fleet }) => fleet.length === 1);
    const processor = processorCost({ large: same, small: smallBy.get(transport) ?? [] });
    if (alone.length === 0 || !processor) continue;
    const middle = (of: (machine: MachineResult, record: RunRecord) => number): number =>
      median(alone.map((record) => of(record.fleet[0]!, record)))!;
    costs.set(transport, {
      register: middle((machine) => lengthS(machine, 'register')),
      metainfo: middle((machine) => lengthS(machine, 'metainfo')),
      partition: middle((machine) => lengthS(machine, 'partition') + lengthS(machine, 'scan')),
      startUp: middle((machine, { wireBytes }) =>
        Math.max(
          0,
          lengthS(machine, 'download') + lengthS(machine, 'write') - wireBytes / rateBps(transport),
        ),
      ),
      verifyBps:
        rawBytes /
        Math.max(
          1e-3,
          middle((machine) => lengthS(machine, 'verify')),
        ),
      finish: middle((machine) => lengthS(machine, 'finish')),
      ...processor,
    });
  }
  return costs;
}

function isFinished({ fleet }: RunRecord): boolean {
  return fleet.every(({ isVerified }) => isVerified);
}

function lengthS({ phases }: MachineResult, phase: Phase): number {
  const [startS, endS] = phases[phase] ?? [0, 0];
  return endS - startS;
}
