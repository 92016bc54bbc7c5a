import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localExecutor } from '../../../../src/bench/executors/local/local-executor.ts';
import { ConfigError } from '../../../../src/failure.ts';
import { aFolder, anImageFile, someBytes } from '../../../engine/an-image.ts';
import { aRun, aWatch } from '../a-run.ts';
import { aLabScenario, childrenOf, runLab, until } from './a-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;

describe('a deployment in the local lab', () => {
  it('by P2P leaves every machine with the golden image on its disk', async () => {
    const { fleet, versions, limitations, serverUploadedBytes } = await runLab({ machines: 3 });
    expect(fleet.map(({ machine, isVerified, failure }) => ({ machine, isVerified, failure }))).toEqual(
      ['m001', 'm002', 'm003'].map((machine) => ({ machine, isVerified: true, failure: null })),
    );
    expect(serverUploadedBytes).toBeGreaterThanOrEqual(IMAGE_BYTES);
    expect(versions).toHaveProperty('swarmboot');
    expect(limitations.join('\n')).toMatch(/loopback.*sample disk/s);
  });

  it('by unicast sends the image once to each, over one uplink', async () => {
    const { fleet, serverUploadedBytes, barrierS } = await runLab({ transport: 'unicast', machines: 3 });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    expect(serverUploadedBytes).toBe(3 * IMAGE_BYTES);
    expect(fleet.map(({ receivedFrom }) => receivedFrom)).toEqual(Array(3).fill({ server: IMAGE_BYTES }));
    const lastDownloadS = Math.max(...fleet.map(({ phases }) => phases.download![1]));
    expect(lastDownloadS - barrierS).toBeGreaterThanOrEqual((3 * IMAGE_BYTES) / (8 * 2 ** 20));
  });

  it('by a chain goes from each machine to the one that came after it', async () => {
    const scenario = aLabScenario({ fleet: { machines: [3], start: { staggered: '3 s' } } });
    const { fleet } = await runLab({ transport: 'chain', machines: 3, scenario });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    expect(fleet.map(({ receivedFrom }) => Object.keys(receivedFrom!))).toEqual([
      ['server'],
      ['m001'],
      ['m002'],
    ]);
  });

  it('counts bytes by sender, and what one received another sent', async () => {
    const { fleet, serverUploadedBytes } = await runLab({ machines: 3 });
    const senders = new Set(fleet.flatMap(({ receivedFrom }) => Object.keys(receivedFrom!)));
    expect([...senders].filter((sender) => !/^(server|m00[123])$/.test(sender))).toEqual([]);
    const received = fleet.reduce((sum, { downloadedBytes }) => sum + downloadedBytes, 0);
    const sent = fleet.reduce((sum, { uploadedBytes }) => sum + uploadedBytes, serverUploadedBytes!);
    expect(sent).toBeGreaterThanOrEqual(received);
    for (const { receivedFrom, downloadedBytes, image } of fleet) {
      expect(image).toMatchObject({ rawBytes: IMAGE_BYTES, reusedChunks: 0, refetchedChunks: 0 });
      expect(Object.values(receivedFrom!).reduce((sum, bytes) => sum + bytes, 0)).toBe(downloadedBytes);
      expect(downloadedBytes).toBeGreaterThanOrEqual(IMAGE_BYTES);
    }
  });

  it('goes through the phases in their order, each after the one before', async () => {
    const { fleet, barrierS } = await runLab({ transport: 'unicast', machines: 2 });
    for (const { phases, poweredOnS, doneS } of fleet) {
      expect(Object.keys(phases)).toEqual([
        'register',
        'metainfo',
        'partition',
        'scan',
        'download',
        'verify',
        'finish',
      ]);
      const times = [poweredOnS, ...Object.values(phases).flat(), doneS!];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect(barrierS).toBe(Math.min(...fleet.map(({ phases }) => phases.download![0])));
  });

  it('powers machines on one after the other where the scenario says so', async () => {
    const scenario = aLabScenario({ fleet: { machines: [3], start: { staggered: '400 ms' } } });
    const { fleet } = await runLab({ transport: 'unicast', machines: 3, scenario });
    const [first, second, third] = fleet.map(({ poweredOnS }) => poweredOnS);
    expect(first).toBe(0);
    expect(second).toBeGreaterThanOrEqual(0.39);
    expect(third).toBeGreaterThanOrEqual(0.79);
  });

  it('takes any disk image, whatever its size', async () => {
    const bytes = 3_000_017;
    const scenario = aLabScenario({ image: { size: `${bytes} B`, pieceLength: '64 KiB' } });
    const image = await anImageFile(someBytes(bytes));
    const { fleet } = await runLab({ machines: 2, scenario, options: { image } });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
  });

  it('reports the progress of every machine', async () => {
    const seen = new Set<string>();
    const scenario = aLabScenario({ network: { server: { up: '2 MiB/s' }, machine: { up: '2 MiB/s' } } });
    const run = aRun({ source: 'local', transport: 'unicast', machines: 1, scenario });
    const executor = localExecutor();
    onTestFinished(() => executor.close!());
    await executor.run(run, {
      ...aWatch(),
      machineProgressed(machine, phase, share) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        seen.add(`${machine} ${phase}`);
      },
    });
    expect(seen).toContain('m001 download');
  });
});

describe('a machine that fails', () => {
  it.each(['p2p', 'unicast'] as const)('by being killed leaves the others alone: %s', async (transport) => {
    const scenario = aLabScenario({
      // A copy takes eight seconds.
      network: { server: { up: '0.5 MiB/s' }, machine: { up: '0.5 MiB/s' } },
      faults: [{ kill: 1, at: '4 s' }],
    });
    const { fleet } = await runLab({ transport, machines: 3, scenario });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, false]);
    expect(fleet[2]).toMatchObject({
      doneS: null,
      failure: 'the agent was ended by SIGKILL during download',
    });
    expect(fleet[2]!.phases).toHaveProperty('metainfo');
    expect(fleet[2]!.phases).not.toHaveProperty('download');
  });

  it('by standing still is given up', async () => {
    const scenario = aLabScenario({ network: { server: { up: '1 B/s' }, machine: { up: '1 B/s' } } });
    const options = { patienceS: 3 };
    const { fleet } = await runLab({ transport: 'unicast', machines: 2, scenario, options });
    const failure = 'given up during download: no machine received a byte for 3 s';
    expect(fleet).toMatchObject([{ failure, doneS: null, isVerified: false }, { failure }]);
  });
});

describe('an aborted run', () => {
  it.each([
    ['before it started', () => Promise.resolve()],
    ['while processes start', () => until(async () => (await childrenOf(process.pid)).length > 1)],
    ['in the middle of the transfer', () => new Promise((resolve) => setTimeout(resolve, 4_000))],
  ])('%s leaves no process and no scratch folder', async (_, moment) => {
    const workFolder = await aFolder();
    const before = await childrenOf(process.pid);
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const scenario = aLabScenario({ network: { server: { up: '100 kB/s' }, machine: { up: '100 kB/s' } } });
    const run = runLab({ scenario, machines: 2, options: { workFolder }, signal: controller.signal });
    const rejected = expect(run).rejects.toBe(reason);
    await moment();
    controller.abort(reason);
    await rejected;
    expect(await childrenOf(process.pid)).toEqual(before);
    expect(await readdir(workFolder)).toEqual([]);
  });
});

describe('the person’s mistake', () => {
  it.each([
    [
      'a missing image',
      async () => '/nowhere/disk.img',
      '--image: image file /nowhere/disk.img does not exist',
    ],
    ['an empty image', () => anImageFile(Buffer.alloc(0)), 'is empty; give a disk image'],
    [
      'an image of another size',
      () => anImageFile(someBytes(1_000)),
      /image\.size: .* 4194304 bytes, .* has 1000/,
    ],
  ])('is %s', async (_, image, sentence) => {
    const workFolder = await aFolder();
    const run = runLab({ machines: 1, options: { image: await image(), workFolder } });
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow(sentence);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it.each([
    ['HTTP', 0],
    ['tracker', 1],
  ])('is a port that is in use: %s', async (what, offset) => {
    const server = createServer();
    const port = await listenOn(server);
    const run = runLab({ machines: 1, options: { port: port - offset } });
    await expect(run).rejects.toThrow(ConfigError);
    await expect(run).rejects.toThrow(
      `--port: port ${port} (${what}) is in use; end the program that holds it`,
    );
  });

  it('is a sample disk that would be too small', async () => {
    const scenario = aLabScenario({ image: { size: '1 MiB', pieceLength: '64 KiB' } });
    await expect(runLab({ machines: 1, scenario })).rejects.toThrow('a sample disk has 4 MiB to 2000 MiB');
  });
});

function listenOn(server: Server): Promise<number> {
  onTestFinished(() => {
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
