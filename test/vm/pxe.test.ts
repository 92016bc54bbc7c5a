import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Target } from '../../src/engine/deployment/deployment.ts';
import type { AgentReport } from '../../src/engine/http/agent-report.ts';
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

const FULL = {
  mode: 'full',
  subnets: [{ network: '10.79.0.0/24', range: { first: '10.79.0.60', last: '10.79.0.99' } }],
};

describe('a UEFI machine that gets its address from us', () => {
  it('boots, is deployed, restarts, is told to boot from its disk, and does', async (context) => {
    const lab = await VmLab.start(context, golden, FULL);
    await lab.startServer();
    const { machine, mac, disk } = await lab.machine('uefi-pxe');
    await lab.ask('/deployments', { image: 'golden', machines: [mac] });
    await machine.powerOn();
    await machine.says(DEPLOYED);
    await machine.wentOff();
    expect(await lab.differsFrom(disk)).toBe(false);
    expect(await lab.ask('/deployments/1')).toMatchObject({ machines: [{ state: 'finished' }] });
  });

  it('comes by HTTP boot, too', async (context) => {
    const lab = await VmLab.start(context, golden, FULL);
    await lab.startServer();
    const { machine, mac } = await lab.machine('uefi-http');
    await lab.ask('/deployments', { image: 'golden', machines: [mac] });
    await machine.powerOn();
    await machine.says('swarmboot: starting the agent');
    expect(lab.serverOutput).toMatch(/DHCP: \S+ \(http\): .*HTTP boot of uefi-x64 loads iPXE/);
  });
});

describe('four machines in one deployment', () => {
  async function fourMachines(context: TestContext) {
    const lab = await VmLab.start(context, golden, FULL);
    await lab.startServer();
    const machines = [];
    for (const firmware of ['bios', 'uefi-pxe', 'bios', 'uefi-pxe'] as const)
      machines.push(await lab.machine(firmware));
    const macs = machines.map(({ mac }) => mac);
    await lab.ask('/deployments', { image: 'golden', machines: macs, waitFor: 4 });
    for (const { machine } of machines) await machine.powerOn();
    return { lab, machines };
  }

  it('get the image mostly from each other, and all of them start from their disks', async (context) => {
    const { lab, machines } = await fourMachines(context);
    for (const { machine } of machines) await machine.says(DEPLOYED);
    for (const { disk } of machines) expect(await lab.differsFrom(disk)).toBe(false);
    const reports = (await lab.targets()).map(({ report }) => report!);
    const copies = serverCopies(reports);
    await context.annotate(`the server sent ${copies.toFixed(2)} copies of the image to four machines`);
    expect(copies).toBeGreaterThanOrEqual(1);
    expect(copies).toBeLessThanOrEqual(1.7);
  });

  it('are all deployed although their server is killed in the middle of it', async (context) => {
    const { lab, machines } = await fourMachines(context);
    while (!(await lab.targets()).every(({ state }) => state === 'deploying')) await sleep(200);
    lab.killServer();
    await sleep(5_000);
    await lab.startServer();
    for (const { machine } of machines) await machine.says(DEPLOYED);
    for (const { disk } of machines) expect(await lab.differsFrom(disk)).toBe(false);
    expect((await lab.targets()).map(({ state }) => state)).toEqual(Array(4).fill('finished'));
  });
});

/** Payload that did not come from a machine, in images. */
function serverCopies(reports: readonly AgentReport[]): number {
  const sum = (of: (report: AgentReport) => number): number =>
    reports.reduce((bytes, report) => bytes + of(report), 0);
  const fromServer =
    sum(({ downloadedBytes }) => downloadedBytes) - sum(({ uploadedBytes }) => uploadedBytes);
  return fromServer / reports[0]!.wireBytes;
}

describe('a machine', () => {
  it('that is not armed is never written to, and one whose power fails in the middle of it goes on', async (context) => {
    const lab = await VmLab.start(context, golden, FULL, { upload: 1_500_000 });
    await lab.startServer();
    const { machine, mac, disk } = await lab.machine('bios');
    await machine.powerOn();
    while (!lab.serverOutput.includes('boot from disk (')) await sleep(200);
    await sleep(2_000);
    await machine.powerOff();
    expect((await readFile(disk)).every((byte) => byte === 0)).toBe(true);

    await lab.ask('/deployments', { image: 'golden', machines: [mac] });
    await machine.powerOn();
    while (!(await lab.targets()).some(({ phase, share }) => phase === 'download' && share! > 0.3))
      await sleep(200);
    await machine.powerOff();
    await machine.powerOn();
    await machine.says(DEPLOYED);
    expect(await lab.differsFrom(disk)).toBe(false);
    const [{ report }] = (await lab.targets()) as [Target];
    expect(report!.reusedChunks).toBeGreaterThan(0);
    expect(report!.downloadedBytes).toBeLessThan(0.9 * report!.wireBytes);

    await machine.wentOff();
    const deployed = await readFile(disk);
    await machine.powerOn();
    await machine.wentOff();
    expect(machine.output.split(DEPLOYED).length).toBe(3);
    expect((await readFile(disk)).equals(deployed)).toBe(true);
  });
});
