import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/bench/record/run-record.ts';
import { VmLab } from './a-vm-lab.ts';

const MIB = 2 ** 20;

describe('a scenario on real machines, with virtual ones in their place', () => {
  it('switches them on, deploys them by the server that runs, and records their times', async (context) => {
    const lab = await VmLab.start(context, { dhcp: 'full', upload: 2 * MIB });
    const folder = await mkdtemp(join(tmpdir(), 'swarmboot-room-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const room = [await lab.machine('bios'), await lab.machine('uefi-pxe')];
    const { rawBytes, diskBytes } = await lab.goldenSizes();
    await writeFile(
      join(folder, 'room.yaml'),
      JSON.stringify({
        name: 'room',
        title: 'A room of two machines',
        image: { size: `${diskBytes} B`, used: `${rawBytes} B`, pieceLength: '1 MiB' },
        network: {
          server: { up: '2 MiB/s', down: '1 Gbit/s' },
          machine: { up: '1 Gbit/s', down: '1 Gbit/s' },
        },
        fleet: { machines: [2] },
        transports: { p2p: {} },
      }),
    );
    const run = lab.swarmboot([
      ...['run', join(folder, 'room.yaml'), '--on', 'hardware', '--out', join(folder, 'report')],
      ...['--room', room.map(({ mac }) => mac).join(','), '--golden', 'golden'],
      ...['--power', `touch ${folder}/$MACHINE`],
    ]);
    for (const { mac, machine } of room) {
      while (!existsSync(join(folder, mac))) await Promise.race([sleep(100), run.ended.then(hasEnded)]);
      await machine.powerOn();
    }

    expect(`${await run.ended}: ${run.output()}`).toMatch(/^0: /);

    const [line] = (await readFile(join(folder, 'report/records.jsonl'), 'utf8')).split('\n');
    const record: RunRecord = JSON.parse(line!);
    expect(record).toMatchObject({ source: 'hardware', transport: 'p2p', machines: 2 });
    for (const { isVerified, phases } of record.fleet) {
      expect(isVerified).toBe(true);
      // Firmware and boot image take most of the time of an emulated machine.
      expect(phases.boot![1] - phases.boot![0]).toBeGreaterThan(1);
      expect(phases.download![0]).toBeGreaterThanOrEqual(phases.boot![1]);
      expect(phases.verify![1]).toBeGreaterThan(phases.download![1]);
    }
    for (const { disk } of room) expect(await lab.isGolden(disk)).toBe(true);

    function hasEnded(): never {
      throw new Error(`it ended: ${run.output()}`);
    }
  });
});
