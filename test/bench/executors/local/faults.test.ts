import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../../../engine/an-image.ts';
import { aLabScenario, childrenOf, runLab, until } from './a-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
const PIECE_BYTES = 64 * 2 ** 10;
/** A copy takes two seconds. */
const NETWORK = { server: { up: '2 MiB/s' }, machine: { up: '2 MiB/s', down: '2 MiB/s' } };
/** Eight seconds: who is killed after four is in the middle of it, also on a busy computer. */
const SLOW_NETWORK = { server: { up: '0.5 MiB/s' }, machine: { up: '0.5 MiB/s', down: '0.5 MiB/s' } };

const run = (faults: readonly unknown[], machines: number, network: object = NETWORK) =>
  runLab({ scenario: aLabScenario({ network, faults }), machines });

describe('a machine that joins later', () => {
  it('is powered on so long after the start of the transfer, and gets its image like the others', async () => {
    const { fleet, barrierS } = await run([{ join: 1, at: '1 s' }], 3);
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    expect(fleet.slice(0, 2).every(({ poweredOnS }) => poweredOnS < barrierS)).toBe(true);
    expect(fleet[2]!.poweredOnS).toBeGreaterThanOrEqual(barrierS + 0.99);
    expect(fleet[2]!.phases.download![0]).toBeGreaterThan(fleet[2]!.poweredOnS);
  });

  it('comes in the place of one that is killed', async () => {
    const faults = [
      { kill: 1, at: '4 s' },
      { join: 1, at: '4 s' },
    ];
    const { fleet } = await run(faults, 4, SLOW_NETWORK);
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, false, true]);
    expect(fleet[2]!.failure).toMatch(/^the agent was ended by SIGKILL/);
  });

  it('joins even when the transfer of the others is over', async () => {
    const { fleet } = await run([{ join: 1, at: '12 s' }], 2);
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
    expect(fleet[1]!.poweredOnS).toBeGreaterThan(fleet[0]!.doneS!);
  });
});

describe('a machine that comes back after it lost its power', () => {
  it('goes on with what is on its disk, and its time counts from its first start', async () => {
    const { fleet, barrierS } = await run([{ kill: 1, at: '4 s', back: '2 s' }], 2, SLOW_NETWORK);
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(2).fill({ isVerified: true, failure: null }),
    );
    const { poweredOnS, phases, doneS, image, downloadedBytes, cpuS } = fleet[1]!;
    expect(poweredOnS).toBeLessThan(barrierS);
    expect(phases.register![0]).toBeGreaterThanOrEqual(barrierS + 5.99);
    expect(doneS).toBeGreaterThan(phases.register![1]);
    expect(image!.reusedChunks).toBeGreaterThan(0);
    // What it had comes no second time, but for the pieces that were not complete.
    const piecesAgain = IMAGE_BYTES / PIECE_BYTES - image!.reusedChunks;
    expect(downloadedBytes).toBeGreaterThan(piecesAgain * PIECE_BYTES);
    expect(downloadedBytes).toBeLessThan(1.25 * IMAGE_BYTES);
    expect(cpuS).toBeGreaterThan(0);
  });

  it('begins anew where the image comes as one stream', async () => {
    const faults = [{ kill: 1, at: '4 s', back: '1 s' }];
    const scenario = aLabScenario({ network: SLOW_NETWORK, faults });
    const { fleet } = await runLab({ scenario, transport: 'unicast', machines: 1 });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true]);
    expect(fleet[0]!.downloadedBytes).toBeGreaterThan(1.2 * IMAGE_BYTES);
    expect(fleet[0]!.receivedFrom).toEqual({ server: fleet[0]!.downloadedBytes });
  });

  it('leaves nothing behind when the run is aborted while it is off', async () => {
    const workFolder = await aFolder();
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const before = await childrenOf(process.pid);
    const scenario = aLabScenario({
      network: { server: { up: '0.5 MiB/s' }, machine: { up: '0.5 MiB/s' } },
      faults: [{ kill: 1, at: '4 s', back: '20 s' }],
    });
    const ended = runLab({
      scenario,
      transport: 'p2p',
      machines: 1,
      options: { workFolder },
      signal: controller.signal,
    });
    const rejected = expect(ended).rejects.toBe(reason);
    const started = async () => (await childrenOf(process.pid)).filter((pid) => !before.includes(pid));
    // The keeper of the files, the server and the agent.
    await until(async () => (await started()).length === 3);
    const first = await started();
    // Its next process has just been started.
    await until(async () => (await started()).some((pid) => !first.includes(pid)));
    controller.abort(reason);
    await rejected;
    expect(await childrenOf(process.pid)).toEqual(before);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('waits for its own time where that is still to come', async () => {
    const fleet = { machines: [2], start: { staggered: '5 s' } };
    const faults = [{ kill: 1, at: '0.5 s', back: '0.5 s' }];
    const outcome = await runLab({
      scenario: aLabScenario({ network: NETWORK, fleet, faults }),
      machines: 2,
    });
    expect(outcome.fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
    expect(outcome.fleet[1]!.poweredOnS).toBeGreaterThanOrEqual(4.99);
    expect(outcome.fleet[1]!.phases.register![0]).toBeGreaterThanOrEqual(4.99);
  });

  it('stays off where it had its image already', async () => {
    const { fleet, barrierS } = await run(
      [
        { kill: 1, at: '20 s', back: '1 s' },
        { join: 1, at: '21 s' },
      ],
      3,
    );
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    expect(fleet[1]!.doneS).toBeLessThan(barrierS + 20);
  });
});

describe('a seeder that leaves for good', () => {
  it('has sent so many copies and little more, and the machines go on without it', async () => {
    // Those that join later make the seeder send more than one copy.
    const { fleet, serverUploadedBytes } = await run([{ seederLeaves: 1.2 }, { join: 2, at: '1 s' }], 4);
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(4).fill({ isVerified: true, failure: null }),
    );
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeGreaterThanOrEqual(1.2);
    // What was granted when it left: one piece in each of its five slots at most.
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(1.2 + (5 * PIECE_BYTES) / IMAGE_BYTES);
  });

  it('before it has sent all leaves machines that never finish', async () => {
    const scenario = aLabScenario({ network: NETWORK, faults: [{ seederLeaves: 0.5 }] });
    const { fleet, serverUploadedBytes } = await runLab({ scenario, machines: 2, options: { patienceS: 2 } });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false, false]);
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(0.9);
  });
});
