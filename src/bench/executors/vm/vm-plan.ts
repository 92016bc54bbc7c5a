import { arrivalTimes, RandomStream } from '../../../sim/index.ts';
import { arrivalOf } from '../arrival.ts';
import type { PlannedRun } from '../executor.ts';
import { fleetOf } from '../fleet.ts';
import { SERVER } from '../local/lab-place.ts';
import { addressOf, type NetnsTopology, stationOf } from '../netns/topology.ts';
import type { Firmware } from './virtual-machine.ts';

/** The name that `publishLabImage` gives. */
const IMAGE_NAME = 'lab';

/** One machine of the lab. */
export interface PlannedMachine {
  /** `m001`, `m002`, ... */
  readonly name: string;
  readonly firmware: Firmware;
  readonly mac: string;
  /** The address that it gets by DHCP. */
  readonly address: string;
  /** Time from the first power-on to this machine's. */
  readonly powerOnMs: number;
}

/** The machines of a planned run, BIOS and UEFI in turn. */
export function plannedMachines(
  { scenario, machines, randomSeed }: PlannedRun,
  topology: NetnsTopology,
): PlannedMachine[] {
  // The stream that the simulator draws from: the same random seed, the same arrivals.
  const arrivals = new RandomStream(randomSeed ?? 0, 'arrivals');
  const powerOnS = arrivalTimes(machines, arrivalOf(scenario.fleet.start), arrivals);
  return fleetOf(scenario, machines).map(({ name }, index) => {
    const host = topology.hosts.findIndex((each) => each.name === name);
    return {
      name,
      firmware: index % 2 === 0 ? 'bios' : 'uefi-pxe',
      ...stationOf(topology, host),
      powerOnMs: powerOnS[index]! * 1000,
    };
  });
}

export interface ServerPlace {
  readonly topology: NetnsTopology;
  /** Where it keeps what it knows. */
  readonly state: string;
  /** The store with the image. */
  readonly store: string;
  /** Kernel, initial RAM disk and iPXE. */
  readonly bootFolder: string;
}

/** Settings of the deployment server: every address is reserved, and agents tell on the console what they have moved. */
export function serverSettings(machines: readonly PlannedMachine[], place: ServerPlace) {
  const image = { arguments: ['quiet', 'console=ttyS0', 'swarmboot.json='] };
  const server = addressOf(place.topology, SERVER);
  return {
    state: place.state,
    store: place.store,
    interface: 'eth0',
    dhcp: {
      mode: 'reservations-only',
      subnets: [{ network: `${server.split('.').slice(0, 2).join('.')}.0.0/16` }],
      reservations: machines.map(({ mac, address }) => ({ mac, address })),
    },
    boot: { folder: place.bootFolder, images: { bios: image, 'uefi-x64': image } },
  };
}

/** What the operator asks for: all machines begin together, when the last of them is there. */
export function deploymentWish(machines: readonly PlannedMachine[]) {
  return { image: IMAGE_NAME, machines: machines.map(({ mac }) => mac), waitFor: machines.length };
}
