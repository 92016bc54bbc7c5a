import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { unsupportedSettings } from '../local/unsupported-settings.ts';
import { unsupportedByProduct } from '../product-settings.ts';

/** Only our own services take part. */
export const VM_TRANSPORTS = ['p2p'] as const;
/** Each takes a processor core and 1 GiB while it boots. */
const MOST_MACHINES = 4;

const VM_LAB = {
  name: 'the vm lab',
  transports: VM_TRANSPORTS,
  hasSites: false,
  hasConnectionCap: false,
  losesPackets: false,
  faults: [],
} as const;

/** Settings that virtual machines cannot honour, each as `key.path: reason`. */
export function unsupportedByMachines(scenario: Scenario, transport: Transport): readonly string[] {
  const most = Math.max(...scenario.fleet.machines);
  return [
    ...unsupportedSettings(scenario, transport, VM_LAB),
    ...(most > MOST_MACHINES
      ? [`fleet.machines: ${most}; the vm lab has ${MOST_MACHINES} machines at most, choose by --machines`]
      : []),
    ...(scenario.faults.length > 0
      ? ['faults: nothing happens on purpose to the machines of the vm lab']
      : []),
    ...(scenario.image.encoding === 'zstd' ? ['image.encoding: the vm lab sends its image as it is'] : []),
    ...unsupportedByProduct(scenario, 'the vm lab'),
    ...(scenario.transports.p2p && scenario.transports.p2p.neighbours < MOST_MACHINES
      ? ['transports.p2p.neighbours: in the vm lab everybody is told of everybody']
      : []),
  ];
}
