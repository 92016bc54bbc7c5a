import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEPLOYED } from './a-bootable-disk.ts';
import { type GoldenLab, makeGoldenLab, removeGoldenLab, VmLab } from './a-vm-lab.ts';

let golden: GoldenLab;

beforeAll(async () => {
  golden = await makeGoldenLab();
});

afterAll(() => removeGoldenLab(golden));

describe('a BIOS machine beside a foreign DHCP server', () => {
  it('boots from our proxy, is deployed, restarts, is told to boot from its disk, and does', async (context) => {
    const lab = await VmLab.start(context, golden, { mode: 'proxy' });
    await lab.startForeignServer(context);
    await lab.startServer();
    const { machine, mac, disk } = await lab.machine('bios');
    await lab.ask('/deployments', { image: 'golden', machines: [mac] });
    await machine.powerOn();
    await machine.says(DEPLOYED);
    await machine.wentOff();
    expect(await lab.differsFrom(disk)).toBe(false);
    expect(await lab.ask('/deployments/1')).toMatchObject({ machines: [{ state: 'finished' }] });
  });
});
