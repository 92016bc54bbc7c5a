import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunWatch } from '../../../../src/bench/executors/executor.ts';
import { pidNamespace } from '../../../../src/bench/executors/local/pid-namespace-reader.ts';
import { netnsExecutor } from '../../../../src/bench/executors/netns/netns-executor.ts';
import { prefixOf } from '../../../../src/bench/executors/netns/topology.ts';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { aRun, aScenario, aWatch } from '../a-run.ts';
import { aLabScenario, childrenOf, killed, until } from '../local/a-lab.ts';
import { ipNetns, isLabInUse, namespacesBy, needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
const SLOW = { server: { up: '100 kB/s' }, machine: { up: '100 kB/s' } };

const hostNamespace = (host: string) => namespacesBy(process.pid).find((name) => name.endsWith(`-${host}`))!;

const lastDownloadS = (outcome: Awaited<ReturnType<typeof runNetns>>) =>
  Math.max(...outcome.fleet.map(({ phases }) => phases.download![1])) - outcome.barrierS;

describe('a deployment over network namespaces', () => {
  it.for<Transport>(['p2p', 'webtorrent', 'aria2', 'libtorrent'])(
    'leaves every machine with the golden image on its disk: %s',
    async (transport, context) => {
      needsNetns(context, transport);
      const scenario = aLabScenario({ transports: { [transport]: {} } });
      const { fleet, serverUploadedBytes, versions } = await runNetns({ transport, scenario });
      expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
        Array(3).fill({ isVerified: true, failure: null }),
      );
      expect(serverUploadedBytes).toBeGreaterThanOrEqual(IMAGE_BYTES);
      expect(Object.values(versions ?? {}).join('')).toMatch(/\d/);
      expect(await netnsExecutor().versionsFor!(scenario, transport)).toEqual(versions);
      expect(namespacesBy(process.pid)).toEqual([]);
    },
  );

  it('is never faster than its links, and counts the processor time of everyone', async (context) => {
    needsNetns(context);
    const outcome = await runNetns({ transport: 'unicast' });
    expect(outcome.fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    const leastS = (3 * IMAGE_BYTES) / (8 * 2 ** 20);
    // What HTB lets through at once, before it shapes, is less than a hundredth of this.
    expect(lastDownloadS(outcome)).toBeGreaterThanOrEqual(leastS * 0.99);
    expect(outcome.serverCpuS).toBeGreaterThan(0);
    for (const { cpuS } of outcome.fleet) expect(cpuS).toBeGreaterThan(0);
  });

  it('stands also where its network cannot be removed, which is said', async (context) => {
    needsNetns(context);
    const before = await childrenOf(process.pid);
    const executor = netnsExecutor({ workFolder: await aFolder() });
    onTestFinished(() => executor.close!());
    const said: string[] = [];
    const downloading = Promise.withResolvers<void>();
    const watch: RunWatch = {
      ...aWatch(),
      personAsked: (sentence) => said.push(sentence),
      machineProgressed: (_, phase) => phase === 'download' && downloading.resolve(),
    };
    const network = { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' } };
    const planned = aRun({ source: 'netns', machines: 1, scenario: aLabScenario({ network }) });
    const run = executor.run({ ...planned, transport: 'unicast' }, watch);
    await downloading.promise;
    const name = hostNamespace('m001');
    ipNetns('delete', name);
    // A folder in the place of the name: `ip` cannot delete that.
    const folder = `/run/netns/${name}`;
    await mkdir(folder);
    onTestFinished(() => rmdir(folder));
    expect((await run).fleet).toMatchObject([{ isVerified: true }]);
    expect(said).toEqual([expect.stringContaining(name)]);
    await executor.close!();
    expect(await childrenOf(process.pid)).toEqual(before);
  });

  it('crosses the link between two sites at its rate', async (context) => {
    needsNetns(context);
    const link = { up: '80 MiB/s', down: '80 MiB/s' };
    const wan = { up: '2 MiB/s', down: '2 MiB/s' };
    const sites = [
      { name: 'near', machines: 0.5, wan },
      { name: 'far', machines: 0.5, wan },
    ];
    const scenario = aLabScenario({ network: { server: link, machine: link, sites } });
    const { fleet, barrierS } = await runNetns({ transport: 'unicast', machines: 2, scenario });
    const [near, far] = fleet.map(({ phases }) => phases.download![1] - barrierS);
    expect(far).toBeGreaterThanOrEqual((IMAGE_BYTES / (2 * 2 ** 20)) * 0.99);
    expect(near).toBeLessThan(far!);
  });

  it('survives a machine that is killed', async (context) => {
    needsNetns(context, 'aria2');
    const scenario = aLabScenario({
      // A copy takes eight seconds.
      network: { server: { up: '0.5 MiB/s' }, machine: { up: '0.5 MiB/s' } },
      faults: [{ kill: 1, at: '4 s' }],
    });
    const { fleet } = await runNetns({ transport: 'aria2', scenario });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, false]);
    expect(fleet[2]!.failure).toBe('the agent was ended by SIGKILL during download');
  });
});

/** A bench at the head of a process group of its own, whose lab is in use. @returns its process id */
async function aGroupWithLab(settings: object): Promise<number> {
  const entry = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
  const bench = spawn(process.execPath, [entry, JSON.stringify(settings)], {
    stdio: 'ignore',
    detached: true,
  });
  const pid = bench.pid!;
  onTestFinished(() => killed(-pid));
  await until(() => isLabInUse(pid));
  return pid;
}

describe('a netns lab of which everything was killed', () => {
  it('is found and removed by the next', async (context) => {
    needsNetns(context);
    const workFolder = await aFolder();
    const settings = { options: { workFolder }, scenario: { network: SLOW } };
    const pid = await aGroupWithLab(settings);
    // The next one, which may be that of another test, begins to remove them as soon as nobody is there.
    expect(namespacesBy(pid)).toHaveLength(5);
    expect(await readdir(workFolder)).toHaveLength(1);
    process.kill(-pid, 'SIGKILL');
    await until(() => !isLabInUse(pid));
    const { fleet } = await runNetns({ options: { workFolder } });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, true]);
    expect(namespacesBy(pid)).toEqual([]);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('is left alone where it is that of another container, whose processes have other ids', async (context) => {
    needsNetns(context);
    const { pid } = spawnSync('true');
    const [gone, elsewhere] = [pidNamespace(), 1].map(
      (namespace) => `${prefixOf({ pidNamespace: namespace, pid }, 'aa')}-m001`,
    );
    for (const name of [gone!, elsewhere!]) {
      ipNetns('add', name);
      onTestFinished(() => {
        ipNetns('delete', name);
      });
    }
    await runNetns({ machines: 1 });
    expect(namespacesBy(pid)).toEqual([elsewhere]);
  });
});

describe('the netns lab', () => {
  it('refuses a machine that comes back where its disk would be gone', () => {
    const faults = [
      { full: 1, after: '1 MiB' },
      { kill: 1, at: '1 s', back: '1 s' },
    ];
    const refused = netnsExecutor().unsupported(aLabScenario({ faults }), 'p2p');
    expect(refused.map((sentence) => sentence.split(':')[0])).toEqual(['faults.kill.back']);
    expect(netnsExecutor().unsupported(aLabScenario({ faults: faults.slice(1) }), 'p2p')).toEqual([]);
  });
});

describe('a run that does not come to its end', () => {
  it.for([
    ['while the network is built', () => until(() => namespacesBy(process.pid).length > 0)],
    ['in the middle of the transfer', () => new Promise((resolve) => setTimeout(resolve, 4_000))],
  ] as const)('leaves nothing behind when it is aborted %s', async ([_, moment], context) => {
    needsNetns(context);
    const workFolder = await aFolder();
    const before = await childrenOf(process.pid);
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const scenario = aLabScenario({ network: SLOW });
    const run = runNetns({ scenario, options: { workFolder }, signal: controller.signal });
    const rejected = expect(run).rejects.toBe(reason);
    await moment();
    controller.abort(reason);
    await rejected;
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await childrenOf(process.pid)).toEqual(before);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it.for(['SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind when the whole process group is ended by %s',
    async (signal, context) => {
      needsNetns(context);
      const workFolder = await aFolder();
      const settings = { options: { workFolder }, scenario: { network: SLOW } };
      const pid = await aGroupWithLab(settings);
      process.kill(-pid, signal);
      await until(() => namespacesBy(pid).length === 0);
      await until(async () => (await readdir(workFolder)).length === 0);
    },
  );

  it('leaves nothing behind when the bench is killed, and lets other namespaces be', async (context) => {
    needsNetns(context, 'aria2');
    const other = `swbt${process.pid}-other`;
    ipNetns('add', other);
    onTestFinished(() => {
      ipNetns('delete', other);
    });
    const workFolder = await aFolder();
    const settings = { transport: 'aria2', options: { workFolder }, scenario: { network: SLOW } };
    const entry = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
    const bench = spawn(process.execPath, [entry, JSON.stringify(settings)], { stdio: 'ignore' });
    const pid = bench.pid!;
    onTestFinished(() => killed(pid));
    await until(() => isLabInUse(pid));
    const inside = namespacesBy(pid);
    bench.kill('SIGKILL');
    await until(() => namespacesBy(pid).length === 0);
    await until(async () => (await readdir(workFolder)).length === 0);
    expect(inside).toHaveLength(5);
    expect(ipNetns('pids', other).status).toBe(0);
  });
});

describe('the netns lab', () => {
  it('refuses what it cannot honour, by its name', () => {
    const network = { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' }, latency: '5 ms', loss: '1 %' };
    const reasons = netnsExecutor().unsupported(aScenario({ network }), 'unicast');
    expect(reasons.filter((reason) => reason.startsWith('network'))).toEqual([
      'network.latency: the netns lab has no delay to speak of',
    ]);
  });
});
