import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DEPLOYED } from '../../src/bench/executors/vm/bootable-disk.ts';
import { leaveTrace, VmLab } from './a-vm-lab.ts';

describe('a BIOS machine beside a foreign DHCP server', () => {
  it('boots from our proxy, is deployed, starts from its disk, and is not written to again', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'proxy' });
    const booted = await lab.machine('bios');
    const { machine, disk } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    await machine.says(DEPLOYED);
    await machine.wentOff();
    expect(await lab.isGolden(disk)).toBe(true);
    expect(await lab.targets()).toMatchObject([{ state: 'finished' }]);

    await leaveTrace(disk);
    const inUse = await readFile(disk);
    const { length } = machine.output;
    await machine.powerOn();
    await machine.says(DEPLOYED, length);
    await machine.wentOff();
    expect((await readFile(disk)).equals(inUse)).toBe(true);
  });

  it('asks again for its boot image while the server is away, and gets it when that is back', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'proxy' });
    const booted = await lab.machine('bios');
    const { machine, mac } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    while (!lab.serverOutput.includes(`boot: ${mac} is told: deployment`)) await sleep(20);
    await lab.killServer();
    // It asks every ten seconds, and not once.
    await sleep(35_000);
    await lab.startServer();
    await machine.says('swarmboot: starting the agent');
    expect(lab.serverOutput).toContain(`boot: ${mac} is told: deployment`);
  });
});

describe('a UEFI machine that gets its address from us', () => {
  it('boots, is deployed, restarts, is told to boot from its disk, and does', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full' });
    const booted = await lab.machine('uefi-pxe');
    const { machine, disk } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    await machine.says(DEPLOYED);
    await machine.wentOff();
    expect(await lab.isGolden(disk)).toBe(true);
    expect(await lab.targets()).toMatchObject([{ state: 'finished' }]);
  });

  it('comes by HTTP boot, too', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full' });
    const booted = await lab.machine('uefi-http');
    const { machine } = booted;
    await lab.deploy([booted]);
    await machine.powerOn();
    await machine.says('swarmboot: starting the agent');
    expect(lab.serverOutput).toMatch(/DHCP: \S+ \(http\): .*HTTP boot of uefi-x64 loads iPXE/);
  });
});
