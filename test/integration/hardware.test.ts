import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/bench/record/run-record.ts';
import { aGoldenImage } from '../engine/agent/a-golden-image.ts';
import { aFolder } from '../engine/an-image.ts';
import { boot, macOf, storeOf } from './a-booted-agent.ts';
import { ADeploymentServer } from './a-deployment-server.ts';
import { type Running, startSwarmboot, swarmboot } from './swarmboot-process.ts';

const MIB = 2 ** 20;
const MACHINES = [1, 2].map(macOf);

/** A room of two machines, which are agents on loopback, and a server that has an image for them. */
async function aRoom(upload: number) {
  const golden = await aGoldenImage({ chunks: 8, chunkBytes: MIB, pieceBytes: 2 ** 18, entropy: 60 });
  const server = await ADeploymentServer.start({ store: storeOf(golden), upload });
  const folder = await aFolder();
  const scenario = join(folder, 'room.yaml');
  await writeFile(
    scenario,
    JSON.stringify({
      name: 'room',
      title: 'A room of two machines',
      image: {
        size: `${golden.disk.length} B`,
        used: `${golden.image.manifest.payload.rawBytes} B`,
        pieceLength: '256 KiB',
      },
      network: {
        server: { up: `${upload} B/s`, down: '1 Gbit/s' },
        machine: { up: '1 Gbit/s', down: '1 Gbit/s' },
      },
      fleet: { machines: [2] },
      transports: { p2p: {}, webtorrent: {} },
    }),
  );
  const options = (power: string) => [
    ...['run', scenario, '--out', join(folder, 'report'), '--state', server.state],
    ...['--room', MACHINES.join(','), '--golden', 'lab', '--power', power, '--transports', 'p2p'],
  ];
  return { golden, server, folder, scenario, options };
}

/** Until the machine is switched on; rejects where the run ends before. */
async function switchedOn(folder: string, mac: string, run: Running): Promise<void> {
  const ended = run.ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
  const seen = async () => {
    while (!existsSync(join(folder, mac))) await sleep(50);
  };
  await Promise.race([seen(), ended]);
  ended.catch(() => {});
}

async function deploymentsOf(server: ADeploymentServer) {
  const { deployments } = (await server.ask('/deployments')) as {
    deployments: { machines: { state: string }[] }[];
  };
  return deployments.map(({ machines }) => machines.map(({ state }) => state));
}

describe('a scenario on real machines', () => {
  it('is deployed by the server that runs, and told by the times of the agents', async () => {
    const { golden, server, folder, options } = await aRoom(4 * MIB);
    const run = startSwarmboot(...options(`touch ${folder}/$MACHINE`), '--on', 'hardware,sim', '--json');

    for (const mac of MACHINES) {
      await switchedOn(folder, mac, run);
      await boot(server, golden, mac);
    }
    const { code, stdout, stderr } = await run.ended;

    expect(`${code}: ${code === 0 ? '' : stderr}`).toBe('0: ');
    const { cells } = JSON.parse(stdout);
    const [cell] = cells.filter(({ executor }: { executor: string }) => executor === 'hardware');
    // One copy takes one and a half seconds over the link of the server.
    expect(cell.makespanS.median).toBeGreaterThan(1.4);
    expect(cell).toMatchObject({ transport: 'p2p', machines: 2, runs: 1 });
    const lines = (await readFile(join(folder, 'report/records.jsonl'), 'utf8')).trim().split('\n');
    const record: RunRecord = lines
      .map((line) => JSON.parse(line))
      .find(({ source }) => source === 'hardware');
    expect(record.fleet.map(({ machine, isVerified }) => [machine, isVerified])).toEqual([
      ['m001', true],
      ['m002', true],
    ]);
    for (const { poweredOnS, phases, doneS } of record.fleet) {
      const spans = Object.values(phases);
      expect(Object.keys(phases)).toEqual(expect.arrayContaining(['boot', 'download', 'verify']));
      expect(spans.every(([startS, endS]) => poweredOnS <= startS && startS <= endS && endS <= doneS!)).toBe(
        true,
      );
    }
    expect(record.serverUploadedBytes).toBeGreaterThanOrEqual(record.wireBytes);
    expect(record.limitations.join(' ')).toContain(`m001 ${MACHINES[0]}, m002 ${MACHINES[1]}`);
    expect(await deploymentsOf(server)).toEqual([['finished', 'finished']]);
  });

  it('leaves no machine armed when it is ended by Ctrl-C', async () => {
    const { server, folder, options } = await aRoom(4 * MIB);
    const run = startSwarmboot(...options(`touch ${folder}/$MACHINE`), '--on', 'hardware');
    for (const mac of MACHINES) await switchedOn(folder, mac, run);

    run.kill('SIGINT');

    expect((await run.ended).code).not.toBe(0);
    expect(await deploymentsOf(server)).toEqual([['cancelled', 'cancelled']]);
  });

  it('gives up machines that never come, and says so', async () => {
    const { server, options } = await aRoom(4 * MIB);

    const { code, stderr } = await swarmboot(...options('true'), '--on', 'hardware', '--patience', '2');

    expect(`${code}: ${stderr}`).toMatch(/^1: /);
    expect(stderr).toContain('given up before it came: nothing was heard of any machine for 2 s');
    expect(await deploymentsOf(server)).toEqual([['cancelled', 'cancelled']]);
  });

  it('deploys those that have come where another never does, though they tell all the time that they wait', async () => {
    const { golden, server, folder, options } = await aRoom(4 * MIB);
    const wishes = options(`touch ${folder}/$MACHINE`);
    const run = startSwarmboot(...wishes, '--on', 'hardware', '--patience', '20');
    const [first, second] = MACHINES as [string, string];
    await switchedOn(folder, second, run);
    const { diskFile } = await boot(server, golden, first);

    const { code, stderr } = await run.ended;

    expect(`${code}: ${stderr}`).toMatch(/^1: /);
    expect(stderr).toContain('given up before it came: nothing was heard of any machine for 20 s');
    expect((await readFile(diskFile)).equals(golden.disk)).toBe(true);
    expect(await deploymentsOf(server)).toEqual([['finished', 'cancelled']]);
  });

  it('ends where a machine cannot be switched on, and arms nobody', async () => {
    const { server, options } = await aRoom(4 * MIB);

    const { code, stderr } = await swarmboot(
      ...options('echo no such outlet >&2; exit 3'),
      '--on',
      'hardware',
    );

    expect(`${code}: ${stderr}`).toMatch(/^1: /);
    expect(stderr).toMatch(/--power failed for .*: no such outlet/);
    expect(await deploymentsOf(server)).toEqual([['cancelled', 'cancelled']]);
  });

  it('has that disk of each machine overwritten that is named, and refuses what names none', async () => {
    const { server, options } = await aRoom(4 * MIB);
    const run = [...options('exit 3'), '--on', 'hardware', '--disk'];

    const unnamed = await swarmboot(...run, '/dev/sda');
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('--disk: found `/dev/sda`') });
    expect(await deploymentsOf(server)).toEqual([]);
    await swarmboot(...run, 'path=/dev/sda');

    expect(await server.ask('/deployments')).toMatchObject({ deployments: [{ disk: 'path=/dev/sda' }] });
  });

  it('names what is missing, as the mistake of the caller', async () => {
    const { server, scenario } = await aRoom(4 * MIB);
    const run = ['run', scenario, '--on', 'hardware', '--state', server.state];

    const without = await swarmboot(...run);
    const few = await swarmboot(...run, '--room', MACHINES[0]!, '--golden', 'lab', '--transports', 'p2p');
    const room = ['--room', MACHINES.join(',')];
    const other = await swarmboot(...run, ...room, '--golden', 'nothing', '--transports', 'p2p');
    const foreign = await swarmboot(...run, ...room, '--golden', 'lab', '--transports', 'webtorrent');

    expect([without.code, few.code, other.code, foreign.code]).toEqual([2, 2, 2, 2]);
    expect(without.stderr).toContain('--room');
    expect(few.stderr).toContain('names 1 machines, and the scenario asks for 2');
    expect(other.stderr).toContain('nothing');
    expect(foreign.stderr).toContain('`swarm.client` is webtorrent, and the one that runs has swarmboot');
    expect(await deploymentsOf(server)).toEqual([]);
  });
});
