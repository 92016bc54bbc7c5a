import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { aLabScenario, killed, until } from '../local/a-lab.ts';
import { isLabInUse, namespacesBy, needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
const LINK = { up: '20 MiB/s', down: '20 MiB/s' };
const WAN = { up: '1 MiB/s', down: '1 MiB/s' };

/** Two sites of half of the machines each, the second one behind a NAT. */
const NETWORK = {
  server: LINK,
  machine: LINK,
  sites: [
    { name: 'near', machines: 0.5, wan: WAN },
    { name: 'far', machines: 0.5, wan: WAN, nat: true },
  ],
};

function twoSites(transport: Transport) {
  const scenario = aLabScenario({ network: NETWORK, transports: { [transport]: {} } });
  return { scenario, transport, machines: 4 };
}

const allVerified = Array(4).fill({ isVerified: true, failure: null });

describe('machines behind a NAT', () => {
  it('share the image among themselves: it crosses the WAN hardly more than once', async (context) => {
    needsNetns(context, 'p2p', { hasNat: true });
    const { fleet, siteLinks } = await runNetns(twoSites('p2p'));
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(allVerified);
    const [, , third, fourth] = fleet.map(({ receivedFrom }) => receivedFrom!);
    expect(third!.m004).toBeGreaterThan(0);
    expect(fourth!.m003).toBeGreaterThan(0);
    // Two copies without sharing.
    expect(siteLinks![1]!.downBytes / IMAGE_BYTES).toBeGreaterThan(1);
    expect(siteLinks![1]!.downBytes / IMAGE_BYTES).toBeLessThan(1.7);
    expect(namespacesBy(process.pid)).toEqual([]);
  });

  it.for<Transport>(['unicast', 'aria2', 'chain'])(
    'are deployed from outside by other transports, too: %s',
    async (transport, context) => {
      needsNetns(context, transport, { hasNat: true });
      const { fleet } = await runNetns(twoSites(transport));
      expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(allVerified);
    },
  );

  it('leave nothing behind when the bench is killed, their router included', async (context) => {
    needsNetns(context, 'unicast', { hasNat: true });
    const workFolder = await aFolder();
    const slow = { up: '100 kB/s' };
    const network = { ...NETWORK, server: slow, machine: slow };
    const settings = { transport: 'unicast', machines: 2, options: { workFolder }, scenario: { network } };
    const entry = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
    const bench = spawn(process.execPath, [entry, JSON.stringify(settings)], { stdio: 'ignore' });
    const pid = bench.pid!;
    onTestFinished(() => killed(pid));
    await until(() => isLabInUse(pid));
    const inside = namespacesBy(pid);
    bench.kill('SIGKILL');
    await until(() => namespacesBy(pid).length === 0);
    await until(async () => (await readdir(workFolder)).length === 0);
    expect(inside.filter((name) => name.includes('-nat-'))).toHaveLength(1);
    expect(inside).toHaveLength(5);
  });
});
