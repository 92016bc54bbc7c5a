import { describe, expect, it, type TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aDhcpServer, type TestServer, until } from './a-dhcp-server.ts';
import { aNetwork, startOn, type TestNetwork } from './a-network.ts';
import { udhcpc } from './udhcpc.ts';

const MAC = '52:54:00:78:00:31';
const RELAY = { far: '10.79.0.1', near: '10.78.0.2' };
const SUBNETS = [
  { network: '10.78.0.0/24', range: { first: '10.78.0.100', last: '10.78.0.199' }, leaseS: 600 },
  {
    network: '10.79.0.0/24',
    range: { first: '10.79.0.100', last: '10.79.0.199' },
    ...{ router: RELAY.far, leaseS: 1200 },
  },
];

/** A relay agent of others, between the network of the machine and that of the server. */
interface RelayAgent {
  readonly name: string;
  start(context: TestContext, network: TestNetwork, options?: readonly string[]): Promise<void>;
}

const RELAY_AGENTS: readonly RelayAgent[] = [
  {
    name: 'dhcrelay',
    async start(context, network, options = []) {
      const program = installedTool(context, 'dhcrelay', 'isc-dhcp-relay');
      const interfaces = ['-id', 'eth0', '-iu', 'eth1'];
      const running = startOn(network, 'relay', [
        ...[program, '-4', '-d', '--no-pid', ...interfaces, ...options, '10.78.0.1'],
      ]);
      await until(() => /Sending on\s+Socket/.test(running.output()));
    },
  },
  {
    name: 'dnsmasq',
    async start(context, network) {
      const program = installedTool(context, 'dnsmasq', 'dnsmasq-base');
      const running = startOn(network, 'relay', [
        ...[program, '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--port=0'],
        ...['--user=root', '--pid-file=', `--dhcp-relay=${RELAY.far},10.78.0.1`],
      ]);
      await until(() => /DHCP relay from/.test(running.output()));
    },
  },
];

/** The server at one end, the machine at the other, a router with a relay agent between them. */
async function twoNetworks(context: TestContext): Promise<TestNetwork> {
  const network = await aNetwork(context, {
    ours: [{ bridge: 'lan', address: '10.78.0.1/24' }],
    relay: [
      { bridge: 'far', address: `${RELAY.far}/24` },
      { bridge: 'lan', address: `${RELAY.near}/24` },
    ],
    pc: [{ bridge: 'far', mac: MAC }],
  });
  await startOn(network, 'ours', ['ip', 'route', 'add', '10.79.0.0/24', 'via', RELAY.near]).ended;
  await startOn(network, 'relay', ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']).ended;
  return network;
}

function aServer(network: TestNetwork, mode: 'full' | 'proxy' = 'full'): Promise<TestServer> {
  const addresses = { subnets: SUBNETS, reservations: [] };
  return aDhcpServer({ network, host: 'ours', settings: { mode, addresses } });
}

const results = (server: TestServer) => server.heard(MAC).map(({ asked, result }) => `${asked} ${result}`);

describe.each(RELAY_AGENTS)('a machine behind $name', (agent) => {
  it('gets an address of its own network, renews it past the relay agent, and gives it back', async (context) => {
    const network = await twoNetworks(context);
    const server = await aServer(network);
    await agent.start(context, network);
    const client = await udhcpc({ context, network, options: ['--release'] });
    await until(() => client.output().includes('bound '));
    expect(client.output()).toContain(`bound ip=10.79.0.100 router=${RELAY.far} lease=1200`);
    expect(server.heard(MAC).filter(({ to }) => to?.address !== RELAY.far || to.port !== 67)).toEqual([]);
    client.kill('SIGUSR1');
    await until(() => client.output().includes('renew ip=10.79.0.100'));
    // From the machine itself; dhcrelay may have taken another copy of it off the wire.
    await until(() => server.heard(MAC).some(({ to }) => to?.address === '10.79.0.100' && to.port === 68));
    client.kill('SIGTERM');
    await until(() => results(server).includes('release noted'));
  });

  it('is told its boot file by the full server', async (context) => {
    const network = await twoNetworks(context);
    const server = await aServer(network);
    await agent.start(context, network);
    const firmware = ['--now', '--quit', '-V', 'PXEClient:Arch:00007:UNDI:003000'];
    const client = await udhcpc({ context, network, options: firmware });
    await client.ended;
    expect(client.output()).toMatch(/bound ip=10\.79\.0\.100 .*boot=snponly\.efi siaddr=10\.78\.0\.1/);
    await until(() => server.heard(MAC).at(-1)?.asked === 'request');
    expect(server.heard(MAC).at(-1)).toMatchObject({ why: expect.stringContaining('PXE of uefi-x64') });
  });

  it('is told its boot file by the proxy, through the relay agent', async (context) => {
    const network = await twoNetworks(context);
    const server = await aServer(network, 'proxy');
    await agent.start(context, network);
    const firmware = ['--now', '--quit', '-V', 'PXEClient:Arch:00007:UNDI:003000'];
    const client = await udhcpc({ context, network, options: firmware });
    await until(() => results(server).includes('discover answered'));
    expect(server.heard(MAC)[0]?.to).toEqual({ address: RELAY.far, port: 67 });
    // It takes the offer of a proxy, which has no address, for one like all others.
    await until(() => client.output().includes('select for 0.0.0.0, server 10.78.0.1'));
  });
});

describe('a relay agent that says where it heard a machine (option 82)', () => {
  it('gets what it said back: it passes on no answer without it', async (context) => {
    const network = await twoNetworks(context);
    await aServer(network);
    // -a adds the name of the interface; an answer is sent to that one alone.
    await RELAY_AGENTS[0]!.start(context, network, ['-a', '-D']);
    const client = await udhcpc({ context, network });
    await client.ended;
    expect(client.output()).toContain('bound ip=10.79.0.100');
  });
});
