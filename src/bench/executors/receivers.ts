import type { MachineResult } from '../record/run-record.ts';
import type { PlannedRun } from './executor.ts';
import { isLost, type MachineKind, machineKinds, machinesOneByOne } from './fleet.ts';

/**
 * The machines that a transfer is timed over: those that were verified. Whom chance, a server that is killed or a swarm
 * that falls apart leaves without the image is known only when the run is over; before, and where nobody got it, they
 * are those that no fault is sure to lose.
 * @param fleet what became of the machines, in their order; left out before the run, and empty of a formula
 */
export function receiversOf(
  { scenario, transport, machines }: PlannedRun,
  fleet?: readonly MachineResult[],
): MachineKind[] {
  if (fleet?.some(({ isVerified }) => isVerified))
    return machinesOneByOne(scenario, machines).filter((_, index) => fleet[index]?.isVerified);
  const kinds = machineKinds(scenario, machines);
  const expected = kinds.filter(({ machine }) => !isLost(machine, scenario, transport));
  return expected.length === 0 ? kinds : expected;
}
