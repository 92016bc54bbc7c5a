import { BEST_POLICIES } from '../../../engine/index.ts';
import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { unsupportedSettings } from '../local/unsupported-settings.ts';

/** Only our own services take part. */
export const VM_TRANSPORTS = ['p2p'] as const;
/** Each takes a processor core and 1 GiB while it boots. */
const MOST_MACHINES = 4;

const VM_LAB = {
  name: 'the vm lab',
  transports: VM_TRANSPORTS,
  hasSites: false,
  hasConnectionCap: false,
  faults: [],
} as const;
/** Slots of the server and of an agent, as they are deployed with. */
const PRODUCT = { uploadSlots: 4, seederSlots: 5 } as const;

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
    ...unsupportedSwarm(scenario),
  ];
}

/** What is deployed with cannot be chosen: the machines run the product as it is. */
function unsupportedSwarm({ transports: { p2p } }: Scenario): string[] {
  if (!p2p) return [];
  const own = { ...BEST_POLICIES, ...PRODUCT };
  const names = [
    'uploadSlots',
    'seederSlots',
    'picker',
    'randomFirst',
    'choker',
    'seeder',
    'pipeline',
  ] as const;
  return [
    ...names
      .filter((name) => p2p[name] !== own[name])
      .map((name) => `transports.p2p.${name}: the vm lab runs the product as it is, with ${own[name]}`),
    ...(p2p.neighbours < MOST_MACHINES
      ? ['transports.p2p.neighbours: in the vm lab everybody is told of everybody']
      : []),
  ];
}
