import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';
import { aDhcpServer, until } from './a-dhcp-server.ts';
import { aNetwork, startOn, type TestNetwork } from './a-network.ts';
import { udhcpc } from './udhcpc.ts';

const MAC = '52:54:00:78:00:21';
const BESIDE = { bridge: 'lan' };
/** A program that takes the port of DHCP clients for itself as soon as it is free. */
const HOLD_CLIENT_PORT = `
  const socket = require('node:dgram').createSocket('udp4');
  const take = () => socket.bind(68);
  socket.on('error', () => setTimeout(take, 10));
  take();
`;

/** A server of ours at .1, room for another at .2, and a machine without an address. */
function aLan(context: TestContext): Promise<TestNetwork> {
  return aNetwork(context, {
    ours: [{ ...BESIDE, address: '10.78.0.1/24' }],
    other: [{ ...BESIDE, address: '10.78.0.2/24' }],
    pc: [{ ...BESIDE, mac: MAC }],
  });
}

/** dnsmasq as the DHCP server that was there before. */
async function dnsmasq(
  context: TestContext,
  network: TestNetwork,
  options: readonly string[] = [],
): Promise<void> {
  const program = installedTool(context, 'dnsmasq', 'dnsmasq-base');
  const running = startOn(network, 'other', [
    ...[
      program,
      '--keep-in-foreground',
      '--log-facility=-',
      '--conf-file=/dev/null',
      '--port=0',
      '--user=root',
    ],
    ...[
      '--interface=eth0',
      '--no-ping',
      '--dhcp-range=10.78.0.60,10.78.0.69,1h',
      '--dhcp-leasefile=/dev/null',
    ],
    ...['--pid-file=', '--dhcp-authoritative', ...options],
  ]);
  await until(() => /sockets bound|DHCP, IP range/.test(running.output()));
}

describe('a full server and udhcpc', () => {
  it('give a machine its address, again after a power failure of the server, and until it gives it back', async (context) => {
    const network = await aLan(context);
    const leaseFile = join(await aFolder(), 'leases.jsonl');
    const first = await aDhcpServer({ network, host: 'ours', settings: { leaseFile } });
    const joined = await udhcpc({ context, network });
    await joined.ended;
    expect(joined.output()).toContain('bound ip=10.78.0.100 router=10.78.0.1 lease=3600');
    await first.kill();

    const second = await aDhcpServer({ network, host: 'ours', settings: { leaseFile } });
    const client = await udhcpc({ context, network, options: ['--release'] });
    await until(() => client.output().includes('bound ip=10.78.0.100'));
    client.kill('SIGUSR1');
    // A renewal goes to the server alone.
    await until(() => client.output().includes('renew ip=10.78.0.100'));
    client.kill('SIGTERM');
    await client.ended;
    await until(() => second.heard(MAC).some(({ asked }) => asked === 'release'));
    expect(
      second
        .heard(MAC)
        .map(({ asked, result }) => `${asked} ${result}`)
        .at(-1),
    ).toBe('release noted');
    expect(second.events.filter(({ kind }) => kind === 'answerFailed')).toEqual([]);
    await second.stop();
  });
});

describe('a proxy', () => {
  it('leaves addresses to dnsmasq, and gives firmware its boot file', async (context) => {
    const network = await aLan(context);
    await dnsmasq(context, network);
    const server = await aDhcpServer({ network, host: 'ours', settings: { mode: 'proxy' } });
    const client = await udhcpc({ context, network });
    await client.ended;
    expect(client.output()).toMatch(/bound ip=10\.78\.0\.6\d /);
    // What it has heard is told by another process.
    await until(() => server.heard(MAC).some(({ result }) => result === 'addressIsOthers'));
    expect(new Set(server.heard(MAC).map(({ result }) => result))).toEqual(
      new Set(['notABootClient', 'addressIsOthers']),
    );
    const firmware = await udhcpc({
      context,
      network,
      options: ['--now', '--quit', '-V', 'PXEClient:Arch:00007:UNDI:003000'],
    });
    await firmware.ended;
    await until(() => server.heard(MAC).some(({ result }) => result === 'answered'));
    const offered = server.heard(MAC).find(({ result }) => result === 'answered');
    expect(offered).toMatchObject({ asked: 'discover', why: 'PXE of uefi-x64 loads iPXE' });
    expect(offered?.to).toEqual({ address: '255.255.255.255', port: 68 });
  });
});

describe('two servers on one network', () => {
  it('do not fight: a full server refuses to start where dnsmasq gives addresses, and says so', async (context) => {
    const network = await aLan(context);
    await dnsmasq(context, network);
    await expect(aDhcpServer({ network, host: 'ours', settings: { probeMs: 3_000 } })).rejects.toMatchObject({
      code: 'RIVAL_SERVER',
      message: expect.stringMatching(/^10\.78\.0\.2 gives addresses on this network/),
    });
  });

  it('do not fight: the second of ours stays silent, and answers when the first has gone', async (context) => {
    const network = await aLan(context);
    const first = await aDhcpServer({ network, host: 'other' });
    const second = await aDhcpServer({
      network,
      host: 'ours',
      settings: { onRival: 'staySilent', probeMs: 3_000 },
    });
    await (await udhcpc({ context, network })).ended;
    await until(() => second.heard(MAC).length > 0);
    expect(new Set(second.heard(MAC).map(({ result }) => result))).toEqual(new Set(['rivalServer']));
    // The question of the second came from no machine.
    const heard = first.events.filter((event) => event.kind === 'packetHeard');
    expect(heard.some(({ mac }) => mac?.startsWith('02:53:42:'))).toBe(true);
    expect(heard.filter(({ boot }) => boot)).toEqual([]);
    await first.stop();
    await until(() => second.events.some(({ kind }) => kind === 'answering'));
    const client = await udhcpc({ context, network });
    await client.ended;
    // What it has heard is told by another process, and it heard the client before this one.
    const isOver = () =>
      second.heard(MAC).some(({ asked, result }) => `${asked} ${result}` === 'request answered');
    await until(isOver);
    expect(second.heard(MAC).at(-1)?.result).toBe('answered');
  });

  it('do not fight: the silent one goes on asking after another program has held the port of clients', async (context) => {
    const network = await aLan(context);
    const first = await aDhcpServer({ network, host: 'other' });
    const second = await aDhcpServer({
      network,
      host: 'ours',
      settings: { onRival: 'staySilent', probeMs: 3_000 },
    });
    const holder = startOn(network, 'ours', [process.execPath, '--eval', HOLD_CLIENT_PORT]);
    await until(() => second.events.some(({ kind }) => kind === 'answerFailed'));
    holder.kill();
    await holder.ended;
    await first.stop();
    await until(() => second.events.some(({ kind }) => kind === 'answering'));
  });

  it('cannot be started on one computer: the port is taken', async (context) => {
    const network = await aLan(context);
    await aDhcpServer({ network, host: 'ours', settings: { mode: 'proxy' } });
    await expect(aDhcpServer({ network, host: 'ours', settings: { mode: 'proxy' } })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
  });
});

describe('perfdhcp', () => {
  it('loses no exchange of 200, every lease of them on the disk', async (context) => {
    const perfdhcp = installedTool(context, 'perfdhcp', 'kea-admin');
    const network = await aNetwork(context, {
      ours: [{ ...BESIDE, address: '10.78.0.1/16' }],
      load: [{ ...BESIDE, address: '10.78.0.3/16' }],
    });
    const range = { first: '10.78.1.0', last: '10.78.20.255' };
    const addresses = { subnets: [{ network: '10.78.0.0/16', range, leaseS: 600 }], reservations: [] };
    const leaseFile = join(await aFolder(), 'leases.jsonl');
    const server = await aDhcpServer({ network, host: 'ours', settings: { addresses, leaseFile } });
    // As a relay agent does, from its port to the server's own address.
    const load = startOn(network, 'load', [
      ...[
        perfdhcp,
        '-4',
        // An answer that is late is not lost.
        '-r',
        '20',
        '-d',
        '60',
        '-R',
        '5000',
        '-n',
        '200',
        '-l',
        'eth0',
        '-W',
        '60000000',
        '10.78.0.1',
      ],
    ]);
    await load.ended;
    // Of both exchanges; it sends in bursts, and may begin a few more than it was told.
    const countsOf = (what: string): number[] =>
      [...load.output().matchAll(new RegExp(`${what}: (\\d+)`, 'g'))].map(([, count]) => Number(count));
    const sent = countsOf('sent packets');
    expect(sent[0]).toBeGreaterThanOrEqual(200);
    expect(sent[1], load.output()).toBe(sent[0]);
    expect(countsOf('received packets'), load.output()).toEqual(sent);
    expect(countsOf('drops'), load.output()).toEqual([0, 0]);
    await server.stop();
    const lines = (await readFile(leaseFile, 'utf8')).trimEnd().split('\n').slice(1);
    expect(new Set(lines.map((line) => JSON.parse(line).address)).size).toBe(sent[0]);
  });
});
