import { median } from '../metrics/cell.ts';
import type { MachineResult, Phase, RunRecord, Transport } from '../record/run-record.ts';
import type { TransportCost } from './probe.ts';

/** The costs by transport, from runs with one machine each. A transport whose machine failed every time has none. */
export function transportCosts(
  records: readonly RunRecord[],
  { rawBytes, linkBps }: { readonly rawBytes: number; readonly linkBps: number },
): ReadonlyMap<Transport, TransportCost> {
  const costs = new Map<Transport, TransportCost>();
  for (const [transport, same] of Map.groupBy(records, (record) => record.transport)) {
    const done = same.filter(({ fleet: [machine] }) => machine?.isVerified);
    if (done.length === 0) continue;
    const middle = (of: (machine: MachineResult, record: RunRecord) => number): number =>
      median(done.map((record) => of(record.fleet[0]!, record)))!;
    costs.set(transport, {
      register: middle((machine) => lengthS(machine, 'register')),
      metainfo: middle((machine) => lengthS(machine, 'metainfo')),
      partition: middle((machine) => lengthS(machine, 'partition') + lengthS(machine, 'scan')),
      startUp: middle((machine, { wireBytes }) =>
        Math.max(0, lengthS(machine, 'download') + lengthS(machine, 'write') - wireBytes / linkBps),
      ),
      verifyBps:
        rawBytes /
        Math.max(
          1e-3,
          middle((machine) => lengthS(machine, 'verify')),
        ),
      finish: middle((machine) => lengthS(machine, 'finish')),
    });
  }
  return costs;
}

function lengthS({ phases }: MachineResult, phase: Phase): number {
  const [startS, endS] = phases[phase] ?? [0, 0];
  return endS - startS;
}
