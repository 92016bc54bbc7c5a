import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DEPLOYED } from '../../src/bench/executors/vm/bootable-disk.ts';
import { VmLab } from './a-vm-lab.ts';

describe('a machine that nobody has armed', () => {
  it('starts from its own disk, which nobody writes to', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'proxy' });
    const { machine, mac, disk } = await lab.machine('bios', 'inUse');
    const inUse = await readFile(disk);
    await machine.powerOn();
    await machine.says(DEPLOYED);
    await machine.wentOff();
    expect((await readFile(disk)).equals(inUse)).toBe(true);
    expect(lab.serverOutput).toMatch(new RegExp(`boot: ${mac} is told: boot from disk`));
  });
});

describe('a second server on the same network', () => {
  it('refuses to start, and names the first', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'proxy' });
    const second = await lab.serve('second', { dhcp: { mode: 'proxy', onRival: 'refuse' } });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('10.79.0.1 gives boot files on this network');
  });

  it('stays silent where it is told to, and machines hear the first alone', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full' });
    const second = await lab.serve('second', { dhcp: { mode: 'proxy', onRival: 'staySilent' } });
    const { machine, mac } = await lab.machine('bios', 'inUse');
    while (!second.output().includes('10.79.0.1 answers on this network: we stay silent'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await machine.powerOn();
    await machine.says(DEPLOYED);
    expect(lab.serverOutput).toContain(`boot: ${mac} is told: boot from disk`);
    expect(second.output()).toContain(`DHCP: ${mac} (ipxe): another server answers on this network`);
    expect(second.output()).not.toContain(`boot: ${mac}`);
  });
});
