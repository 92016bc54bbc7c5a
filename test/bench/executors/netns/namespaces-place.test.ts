import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NamespacesPlace } from '../../../../src/bench/executors/netns/namespaces-place.ts';
import { aFolder } from '../../../integration/swarmboot-process.ts';
import { needsNetns } from './a-netns-lab.ts';

const UNLIMITED = { upBps: Infinity, downBps: Infinity };

async function anOpenPlace(): Promise<NamespacesPlace> {
  const place = new NamespacesPlace({
    prefix: `swb${process.pid}-mounts`,
    hosts: [{ name: 'm001', link: UNLIMITED, site: 0 }],
    sites: [{ ...UNLIMITED, hasNat: false }],
    connectionCapBps: Infinity,
    congestionControl: 'reno',
    loss: 0,
  });
  onTestFinished(() => place.close());
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
    const { pid } = await started(place.launcherOf('m001'));
    expect(await namespaceOf(pid!, 'net')).not.toBe(await namespaceOf('self', 'net'));
    expect(await namespaceOf(pid!, 'mnt')).toBe(await namespaceOf('self', 'mnt'));
  });

  it('has mounts of its own where its disk is too small', async (context) => {
    needsNetns(context);
    const place = await anOpenPlace();
    const file = `${await aFolder()}/disk.img`;
    const { pid } = await started(
      place.launcherWithDisk('m001', { file, bytes: 2 ** 20, roomBytes: 2 ** 16 }),
    );
    expect(await namespaceOf(pid!, 'mnt')).not.toBe(await namespaceOf('self', 'mnt'));
  });
});
