import { describe, expect, it } from 'vitest';
import { DEPLOYED } from '../../src/bench/executors/vm/bootable-disk.ts';
import type { Firmware } from '../../src/bench/executors/vm/virtual-machine.ts';
import { type LabMachine, resultOf, VmLab } from './a-vm-lab.ts';

const MIB = 2 ** 20;
const FLEET: readonly Firmware[] = ['bios', 'bios', 'uefi-pxe', 'uefi-pxe'];
const RESTARTS = 'swarmboot: done: the machine restarts';

async function fleetOf(lab: VmLab): Promise<readonly LabMachine[]> {
  const fleet: LabMachine[] = [];
  for (const firmware of FLEET) fleet.push(await lab.machine(firmware));
  await lab.deploy(fleet);
  for (const { machine } of fleet) await machine.powerOn();
  return fleet;
}

async function expectDeployed(lab: VmLab, fleet: readonly LabMachine[]): Promise<void> {
  for (const { disk } of fleet) expect(await lab.isGolden(disk)).toBe(true);
  expect((await lab.targets()).map(({ state }) => state)).toEqual(fleet.map(() => 'finished'));
}

describe('four machines of BIOS and UEFI in one deployment', () => {
  it('get most of the image from each other, and all start from their disks', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full' });
    const fleet = await fleetOf(lab);
    await Promise.all(fleet.map(({ machine }) => machine.says(DEPLOYED)));
    await Promise.all(fleet.map(({ machine }) => machine.wentOff()));
    await expectDeployed(lab, fleet);
    const results = fleet.map(resultOf);
    // What no machine has sent has come from the server.
    const sent = results.reduce((sum, each) => sum + each.downloadedBytes - each.uploadedBytes, 0);
    expect(sent / results[0]!.wireBytes).toBeLessThanOrEqual(1.7);
    expect(Math.min(...results.map(({ downloadedBytes }) => downloadedBytes))).toBeGreaterThanOrEqual(
      results[0]!.wireBytes,
    );
  });

  it('are all deployed although the server is killed meanwhile and started again', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full', upload: MIB });
    const fleet = await fleetOf(lab);
    await lab.hasDownloaded(0.2);
    await lab.killServer();
    await lab.startServer();
    await Promise.all(fleet.map(({ machine }) => machine.says(RESTARTS)));
    await expectDeployed(lab, fleet);
  });
});

describe('a machine that loses its power in the middle of its download', () => {
  it('goes on from what is on its disk when it is powered on again', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'proxy', upload: MIB });
    const booted = await lab.machine('bios');
    const { machine, disk } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    await lab.hasDownloaded(0.4);
    await machine.powerOff();
    await machine.powerOn();
    await machine.says(RESTARTS);
    expect(await lab.isGolden(disk)).toBe(true);
    const { reusedChunks, downloadedBytes, wireBytes } = resultOf(booted);
    expect(reusedChunks).toBeGreaterThan(0);
    expect(downloadedBytes).toBeLessThan(wireBytes);
  });
});
