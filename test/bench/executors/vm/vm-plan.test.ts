import { describe, expect, it } from 'vitest';
import { topologyOf } from '../../../../src/bench/executors/netns/netns-topology.ts';
import {
  deploymentWish,
  plannedMachines,
  serverSettings,
} from '../../../../src/bench/executors/vm/vm-plan.ts';
import { AddressPlan } from '../../../../src/engine/dhcp/address-plan.ts';
import { serverSettings as readServerSettings } from '../../../engine/deployment/some-server-settings.ts';
import { aRun, aScenario } from '../a-run.ts';

const run = aRun({
  source: 'vm',
  scenario: aScenario({ fleet: { machines: [4], start: { staggered: '2 s' } } }),
});
const topology = topologyOf(run);
const machines = plannedMachines(run, topology);

describe('the plan of a run on virtual machines', () => {
  it('has BIOS and UEFI in turn, powered on as the scenario says', () => {
    expect(machines.map(({ name, firmware, powerOnMs }) => [name, firmware, powerOnMs])).toEqual([
      ['m001', 'bios', 0],
      ['m002', 'uefi-pxe', 2_000],
      ['m003', 'bios', 4_000],
      ['m004', 'uefi-pxe', 6_000],
    ]);
  });

  it('gives the server settings that it takes, with an address for every machine', async () => {
    const place = { topology, state: '/s', store: '/i', bootFolder: '/b' };
    const { dhcp } = await readServerSettings(serverSettings(machines, place));
    const plan = new AddressPlan(dhcp, '10.83.0.1');
    for (const { mac, address } of machines)
      expect(plan.reservationFor(mac, plan.subnets[0]!)).toMatchObject({ address });
  });

  it('lets all machines begin when the last of them is there', () => {
    expect(deploymentWish(machines)).toMatchObject({ waitFor: 4, machines: machines.map(({ mac }) => mac) });
  });
});
