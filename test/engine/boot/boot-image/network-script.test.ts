import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { UDHCPC_SCRIPT_PATH } from '../../../../src/engine/boot/boot-image/image-paths.ts';
import { NETWORK_SCRIPT, UDHCPC_SCRIPT } from '../../../../src/engine/boot/boot-image/network-script.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';
import { until } from '../../dhcp/a-dhcp-server.ts';
import { aNetwork, type RunningProgram, startOn, type TestNetwork } from '../../dhcp/a-network.ts';

const MAC = '52:54:00:78:00:41';
const OTHER_MAC = '52:54:00:78:00:42';
/** udhcpc asks again after half of it. */
const LEASE_S = 20;

/** What the first process has before it comes to the network, without a kernel of its own. */
const BEFORE = `/bin/busybox --install -s /bin
export PATH=/bin
mount -t sysfs sysfs /sys
say() { echo "swarmboot: $*"; }
load_drivers() { :; }
give_up() { say "$1"; exit 1; }
`;

function aLan(context: TestContext): Promise<TestNetwork> {
  return aNetwork(context, {
    server: [{ bridge: 'lan', address: '10.78.0.1/24' }],
    pc: [{ bridge: 'lan', mac: MAC }],
  });
}

/** busybox's server, which lends addresses for as short a time as it is told. */
async function aLender(context: TestContext, network: TestNetwork): Promise<RunningProgram> {
  const busybox = installedTool(context, 'busybox', 'busybox-static');
  const folder = await aFolder();
  const settings = {
    interface: 'eth0',
    start: '10.78.0.60',
    end: '10.78.0.69',
    lease_file: join(folder, 'leases'),
    pidfile: join(folder, 'pid'),
  };
  const options = { lease: LEASE_S, subnet: '255.255.255.0', router: '10.78.0.1', dns: '10.78.0.1' };
  const lines = [
    ...Object.entries(settings).map(([name, value]) => `${name} ${value}`),
    ...Object.entries(options).map(([name, value]) => `option ${name} ${value}`),
  ];
  await writeFile(settings.lease_file, '');
  await writeFile(join(folder, 'udhcpd.conf'), `${lines.join('\n')}\n`);
  const running = startOn(network, 'server', [busybox, 'udhcpd', '-f', join(folder, 'udhcpd.conf')]);
  await until(() => running.output().includes('started'));
  return running;
}

/** Runs the script on the machine, in a root of its own as the boot image has it. @returns exit code and what it said */
async function broughtUp(
  context: TestContext,
  network: TestNetwork,
  words: string,
): Promise<{ code: number | null; said: string }> {
  const root = await aFolder();
  for (const folder of ['bin', 'etc', 'sys', 'swarmboot']) await mkdir(join(root, folder));
  await copyFile(installedTool(context, 'busybox', 'busybox-static'), join(root, 'bin/busybox'));
  await writeFile(join(root, UDHCPC_SCRIPT_PATH), UDHCPC_SCRIPT);
  await chmod(join(root, UDHCPC_SCRIPT_PATH), 0o755);
  await writeFile(join(root, 'script'), `${BEFORE}${words}\n${NETWORK_SCRIPT}`);
  // What goes on in the background must not hold the test's pipes.
  const shell = ['/bin/busybox', 'sh', '-c', '/bin/busybox sh /script > /said 2>&1'];
  const code = await startOn(network, 'pc', ['unshare', '--mount', 'chroot', root, ...shell]).ended;
  return { code, said: await readFile(join(root, 'said'), 'utf8') };
}

async function addressOf(network: TestNetwork): Promise<string | undefined> {
  const shown = startOn(network, 'pc', ['ip', '-4', '-oneline', 'address', 'show', 'dev', 'eth0']);
  await shown.ended;
  return /inet (\S+)/.exec(shown.output())?.[1];
}

describe('the network of a machine that is deployed', () => {
  it('is kept for as long as the machine is on: leases are renewed, and the address is never gone', async (context) => {
    const network = await aLan(context);
    const lender = await aLender(context, network);
    const { code, said } = await broughtUp(context, network, `boot_mac=${MAC}`);
    expect(code, said).toBe(0);
    expect(await addressOf(network)).toMatch(/^10\.78\.0\.6\d\/24$/);
    const monitor = startOn(network, 'pc', ['ip', 'monitor', 'address']);
    const granted = (): number => lender.output().match(/sending ACK/g)?.length ?? 0;
    // What the first renewal has brought about has been done when the second comes.
    await until(() => granted() >= 3);
    expect(monitor.output()).not.toContain('Deleted');
    expect(await addressOf(network)).toMatch(/^10\.78\.0\.6\d\/24$/);
  });

  it('is found by any card where none has the address that the machine booted by', async (context) => {
    const network = await aLan(context);
    await aLender(context, network);
    const { code, said } = await broughtUp(context, network, `boot_mac=${OTHER_MAC}`);
    expect(code, said).toBe(0);
    expect(await addressOf(network)).toMatch(/^10\.78\.0\.6\d\/24$/);
  });

  it('that cannot be had is given up, by the addresses that were looked for and found', async (context) => {
    const network = await aLan(context);
    const nobodyAnswers = 'udhcpc() { return 1; }; sleep() { :; }';
    const { code, said } = await broughtUp(context, network, `${nobodyAnswers}; boot_mac=${OTHER_MAC}`);
    expect(code).toBe(1);
    expect(said).toContain(
      `swarmboot: no network after 20 attempts: looked for ${OTHER_MAC}, found eth0 ${MAC}`,
    );
  });
});
