import type { Transport } from '../record/run-record.ts';
import type { Scenario } from './schema.ts';

/**
 * `only.upTo` chooses among the machine counts: to all that reads the scenario the others do not exist.
 * @param transport whose counts; undefined for what holds for all of them
 */
export function withChosenCounts(scenario: Scenario, transport?: Transport): Scenario {
  const { fleet, only } = scenario;
  const most = mostOf(only.upTo, transport) ?? Infinity;
  return { ...scenario, fleet: { ...fleet, machines: fleet.machines.filter((count) => count <= most) } };
}

function mostOf(upTo: Scenario['only']['upTo'], transport: Transport | undefined): number | undefined {
  if (typeof upTo !== 'object') return upTo;
  return transport === undefined ? undefined : upTo[transport];
}
