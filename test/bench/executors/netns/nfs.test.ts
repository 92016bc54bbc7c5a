import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import {
  nfsUrl,
  nfsUrlOf,
  sizesInListing,
} from '../../../../src/bench/executors/netns/clonezilla/nfs-export.ts';
import { netnsExecutor } from '../../../../src/bench/executors/netns/netns-executor.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { aLabScenario, childrenOf, isRunning, killed, until } from '../local/a-lab.ts';
import { ipNetns, namespacesBy, needsNetns, processesIn, runNetns } from './a-netns-lab.ts';

const BENCH = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
const SERVER = fileURLToPath(new URL('./nfs-server-process.ts', import.meta.url));
const GANESHA = 'ganesha.nfsd';
const IP = 'ip';
/** Not of 127.0.0.0/8: ganesha finds no address of a host that has no other. */
const HOST = '10.77.0.1';
const TRANSPORT = 'clonezilla-unicast';
const IMAGE = { size: '8 MiB', encoding: 'zstd', compressionRatio: 2, pieceLength: '64 KiB' };
const SLOW = { server: { up: '0.15 MiB/s' }, machine: { up: '0.15 MiB/s' } };
const OVER_NFS = { image: IMAGE, transports: { [TRANSPORT]: { over: 'nfs' } } };

const needsNfs = (context: TestContext) => needsNetns(context, TRANSPORT, { isOverNfs: true });

const restore = (changes: Record<string, unknown> = {}, workFolder?: string) =>
  runNetns({
    transport: TRANSPORT,
    machines: 2,
    scenario: aLabScenario({ ...OVER_NFS, ...changes }),
    options: workFolder === undefined ? {} : { workFolder },
  });

describe('Clonezilla over NFS in network namespaces', () => {
  it('leaves every machine with the golden image, which it has read from nfs-ganesha', async (context) => {
    needsNfs(context);
    const workFolder = await aFolder();
    const { fleet, wireBytes, serverUploadedBytes, serverLink, versions } = await restore({}, workFolder);
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(2).fill({ isVerified: true, failure: null }),
    );
    for (const { phases } of fleet)
      expect(Object.keys(phases)).toEqual(
        expect.arrayContaining(['register', 'metainfo', 'partition', 'download', 'verify', 'finish']),
      );
    expect(fleet.map(({ downloadedBytes }) => downloadedBytes)).toEqual([wireBytes, wireBytes]);
    // Bytes that ganesha has read: a server of HTTP would leave it at nothing.
    expect(serverUploadedBytes! / wireBytes!).toBeGreaterThanOrEqual(2);
    expect(serverUploadedBytes! / wireBytes!).toBeLessThan(3);
    expect(serverLink!.upBytes).toBeGreaterThanOrEqual(2 * wireBytes!);
    expect(versions).toEqual({
      partclone: expect.stringMatching(/^0\./),
      'nfs-ganesha': expect.stringMatching(/^\d+\./),
      libnfs: expect.stringMatching(/^\d+\./),
    });
    expect(await netnsExecutor().versionsFor!(aLabScenario(OVER_NFS), TRANSPORT)).toEqual(versions);
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('goes on without a machine that dies in the middle of its restore', async (context) => {
    needsNfs(context);
    const { fleet } = await restore({ network: SLOW, faults: [{ kill: 1, at: '4 s' }] });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, false]);
  });

  it('does not survive its server, and leaves nothing behind', async (context) => {
    needsNfs(context);
    const workFolder = await aFolder();
    const before = await childrenOf(process.pid);
    const faults = [{ stop: 'server', at: '4 s', for: '2 s' }];
    const { fleet } = await restore({ network: SLOW, faults }, workFolder);
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false, false]);
    for (const { failure } of fleet) expect(failure).toMatch(/nfs-cat/);
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await childrenOf(process.pid)).toEqual(before);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('is no measurement where ganesha alone has died', async (context) => {
    needsNfs(context);
    const workFolder = await aFolder();
    const failed = expect(restore({ network: SLOW }, workFolder)).rejects.toThrow(
      'ganesha.nfsd: it ended with SIGKILL',
    );
    await until(() => processesIn('nfs-cat', namespacesBy(process.pid)).length > 0);
    process.kill(processesIn(GANESHA, namespacesBy(process.pid))[0]!, 'SIGKILL');
    await failed;
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await readdir(workFolder)).toEqual([]);
  });

  it('leaves nothing behind when the bench is killed', async (context) => {
    needsNfs(context);
    const workFolder = await aFolder();
    const scenario = { ...OVER_NFS, network: SLOW };
    const settings = { transport: TRANSPORT, machines: 1, options: { workFolder }, scenario };
    const bench = spawn(process.execPath, [BENCH, JSON.stringify(settings)], { stdio: 'ignore' });
    const pid = bench.pid!;
    onTestFinished(() => killed(pid));
    await until(() => processesIn(GANESHA, namespacesBy(pid)).length > 0);
    const [ganesha] = processesIn(GANESHA, namespacesBy(pid));
    bench.kill('SIGKILL');
    await until(() => namespacesBy(pid).length === 0);
    await until(async () => (await readdir(workFolder)).length === 0);
    await until(() => !isRunning(ganesha!));
  });
});

describe('a server of NFS', () => {
  it('shows its folder under the name that machines ask for, read only, and ends with its process', async (context) => {
    const { namespace, folder, started } = await aServer(context);
    await writeFile(join(folder, 'a-file'), 'its bytes');
    const { said, end } = await started();
    expect(said).toBe('ready');
    const url = nfsUrl(HOST);
    const inside = (...command: string[]) => ipNetns('exec', namespace, ...command);
    expect(inside('nfs-cat', nfsUrlOf(url, 'a-file')).stdout).toBe('its bytes');
    expect(sizesInListing(inside('nfs-ls', nfsUrlOf(url)).stdout)).toEqual(new Map([['a-file', 9]]));
    const written = inside('nfs-cp', join(folder, 'a-file'), nfsUrlOf(url, 'another'));
    expect(written.status).not.toBe(0);
    expect(await readdir(folder)).toEqual(['a-file']);
    expect(processesIn(GANESHA, [namespace])).toHaveLength(1);
    await end();
    await until(() => processesIn(GANESHA, [namespace]).length === 0);
  });

  it('tells that it cannot show a folder, and is gone', async (context) => {
    const { namespace, folder, started } = await aServer(context);
    await rm(folder, { recursive: true });
    expect((await started()).said).toContain('NFS4ERR_NOENT');
    await until(() => processesIn(GANESHA, [namespace]).length === 0);
  });

  it('tells in its own words why it cannot start, and is gone', async (context) => {
    const { namespace, started } = await aServer(context);
    expect((await started()).said).toBe('ready');
    const before = processesIn(GANESHA, [namespace]);
    expect(before).toHaveLength(1);
    expect((await started()).said).toContain('Cannot continue');
    await until(() => processesIn(GANESHA, [namespace]).length === 1);
    expect(processesIn(GANESHA, [namespace])).toEqual(before);
  });
});

describe('the files that a server of NFS lists', () => {
  it('are those of the folder with their sizes, without the folders in it', () => {
    const listing = [
      'drwxr-xr-x  2 65534 65534         4096 a-folder',
      '-rw-r--r--  1 65534 65534    209715200 sda1.ntfs-ptcl-img.zst',
      '-rw-r--r--  1     0     0            0 with a blank',
    ];
    expect(sizesInListing(`${listing.join('\n')}\n`)).toEqual(
      new Map([
        ['sda1.ntfs-ptcl-img.zst', 209_715_200],
        ['with a blank', 0],
      ]),
    );
  });
});

/** A namespace, a folder to be shown, and a server of it that is started each time it is asked for. */
async function aServer(context: TestContext) {
  needsNfs(context);
  const namespace = `swbt${process.pid}-nfs`;
  ipNetns('add', namespace);
  onTestFinished(() => {
    ipNetns('delete', namespace);
  });
  ipNetns('exec', namespace, 'ip', 'link', 'set', 'lo', 'up');
  ipNetns('exec', namespace, 'ip', 'address', 'add', `${HOST}/32`, 'dev', 'lo');
  const folder = await aFolder();
  const started = async () => {
    const served = { host: HOST, folder, workFolder: await aFolder() };
    const server = spawn(IP, [
      ...['netns', 'exec', namespace, process.execPath, SERVER],
      JSON.stringify(served),
    ]);
    const exited = once(server, 'exit');
    const end = async () => {
      server.stdin.end();
      await exited;
    };
    onTestFinished(end);
    const [said] = await once(createInterface({ input: server.stdout }), 'line');
    return { said, end };
  };
  return { namespace, folder, started };
}
