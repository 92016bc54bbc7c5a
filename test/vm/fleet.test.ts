import { describe, expect, it } from 'vitest';
import { DEPLOYED } from '../../src/bench/executors/vm/bootable-disk.ts';
import type { Firmware } from '../../src/bench/executors/vm/virtual-machine.ts';
import { type LabMachine, VmLab } from './a-vm-lab.ts';

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
    // As where one link feeds a hall: one copy takes longer than until the last machine is there.
    const lab = await VmLab.start(context, { dhcp: 'full', upload: MIB / 4 });
    const fleet = await fleetOf(lab);
    const restarts = Promise.all(fleet.map(({ machine }) => machine.says(DEPLOYED)));
    const copies = await lab.copiesSentUntil(restarts);
    await Promise.all(fleet.map(({ machine }) => machine.wentOff()));
    await expectDeployed(lab, fleet);
    await context.annotate(`the server sent ${copies.toFixed(2)} copies of the image to four machines`);
    expect(copies).toBeGreaterThanOrEqual(1);
    expect(copies).toBeLessThanOrEqual(1.7);
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
    // A minute and a half for the image: a cut costs what the agent's memory and that of Linux may hold, half a minute.
    const lab = await VmLab.start(context, { dhcp: 'proxy', upload: MIB / 4 });
    const booted = await lab.machine('bios');
    const { machine, disk } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    await lab.hasDownloaded(0.75);
    await machine.powerOff();
    await machine.powerOn();
    await machine.says(RESTARTS);
    expect(await lab.isGolden(disk)).toBe(true);
    const [target] = await lab.targets();
    const { reusedChunks, downloadedBytes, wireBytes } = target!.report!;
    await context.annotate(`${(downloadedBytes / wireBytes).toFixed(2)} of the image came again`);
    expect(reusedChunks).toBeGreaterThan(0);
    expect(downloadedBytes).toBeLessThan(0.8 * wireBytes);
  });
});
