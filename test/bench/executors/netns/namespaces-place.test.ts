import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readlink, rmdir } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pidNamespace } from '../../../../src/bench/executors/local/pid-namespace-reader.ts';
import { NamespacesPlace } from '../../../../src/bench/executors/netns/namespaces-place.ts';
import { prefixOf } from '../../../../src/bench/executors/netns/topology.ts';
import { aFolder } from '../../../integration/swarmboot-process.ts';
import { childrenOf } from '../local/a-lab.ts';
import { ipNetns, needsNetns } from './a-netns-lab.ts';

const UNLIMITED = { upBps: Infinity, downBps: Infinity };

const PREFIX = prefixOf({ pidNamespace: pidNamespace(), pid: process.pid }, 'mounts');

async function anOpenPlace(): Promise<NamespacesPlace> {
  const place = new NamespacesPlace({
    prefix: PREFIX,
    hosts: [{ name: 'm001', link: UNLIMITED, site: 0 }],
    sites: [{ ...UNLIMITED, hasNat: false }],
    connectionCapBps: Infinity,
    congestionControl: 'reno',
    loss: 0,
  });
  await place.open();
  return place;
}

/** A program that has been started by a launcher, and has said so. */
async function started([program, ...options]: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program!, [...options, 'sh', '-c', 'echo there; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  await once(child.stdout!, 'data');
  return child;
}

const namespaceOf = (pid: number | string, kind: string) => readlink(`/proc/${pid}/ns/${kind}`);

describe('a command on a host of the lab', () => {
  it('has its network, and keeps nobody from unmounting a disk: it has the mounts of this computer', async (context) => {
    needsNetns(context);
    const place = await anOpenPlace();
    onTestFinished(() => place.close());
    const { pid } = await started(place.launcherOf('m001'));
    expect(await namespaceOf(pid!, 'net')).not.toBe(await namespaceOf('self', 'net'));
    expect(await namespaceOf(pid!, 'mnt')).toBe(await namespaceOf('self', 'mnt'));
  });

  it('has mounts of its own where its disk is too small', async (context) => {
    needsNetns(context);
    const place = await anOpenPlace();
    onTestFinished(() => place.close());
    const file = `${await aFolder()}/disk.img`;
    const { pid } = await started(
      place.launcherWithDisk('m001', { file, bytes: 2 ** 20, roomBytes: 2 ** 16 }),
    );
    expect(await namespaceOf(pid!, 'mnt')).not.toBe(await namespaceOf('self', 'mnt'));
  });
});

describe('namespaces that cannot be removed', () => {
  it('are told, and nobody keeps watch over them any more', async (context) => {
    needsNetns(context);
    const before = await childrenOf(process.pid);
    const place = await anOpenPlace();
    const name = `${PREFIX}-m001`;
    ipNetns('delete', name);
    // A folder in the place of the name: `ip` cannot delete that.
    const folder = `/run/netns/${name}`;
    await mkdir(folder);
    onTestFinished(() => rmdir(folder));
    await expect(place.close()).rejects.toMatchObject({
      code: 'NETNS',
      message: expect.stringContaining(name),
    });
    expect(await childrenOf(process.pid)).toEqual(before);
  });
});
