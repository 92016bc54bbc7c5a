import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AddressPlan } from '../../../src/engine/dhcp/address-plan.ts';
import { AddressService } from '../../../src/engine/dhcp/address-service.ts';
import { LeasePool } from '../../../src/engine/dhcp/lease-pool.ts';
import { MESSAGE_TYPE, OPTION } from '../../../src/engine/dhcp/option-code.ts';
import type { Arrival } from '../../../src/engine/dhcp/outcome.ts';
import { decodePacket, encodePacket } from '../../../src/engine/dhcp/packet-codec.ts';
import { ProxyService } from '../../../src/engine/dhcp/proxy-service.ts';
import { respond } from '../../../src/engine/dhcp/respond.ts';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';
import { bootSettings } from './a-boot.ts';
import { aPacket, ipxeOptions, pxeOptions, requestedAddress, serverIdentifier } from './a-packet.ts';
import { FIRMWARE_PACKETS } from './firmware.ts';
import { writePcap } from './pcap.ts';

const SERVER = '10.78.0.1';

/** Answers of both kinds of server to firmware, relay agents, renewals and mistakes. */
function ourAnswers() {
  const range = { first: '10.78.0.100', last: '10.78.0.200' };
  const subnet = {
    network: '10.78.0.0/24',
    range,
    router: SERVER,
    nameServers: [SERVER],
    domainName: 'lab',
    leaseS: 600,
  };
  const plan = new AddressPlan({ subnets: [subnet], reservations: [] }, SERVER);
  const boot = bootSettings({ mode: 'full' });
  const services = [
    new ProxyService(SERVER, bootSettings()),
    new AddressService({ serverAddress: SERVER, boot, plan, pool: new LeasePool(plan, []) }),
  ];
  const relayed = {
    relayAddress: '10.78.0.9',
    options: [...ipxeOptions(7), [82, Uint8Array.of(1, 2, 7, 8)] as const],
  };
  const asked = [
    aPacket(relayed),
    aPacket({ options: pxeOptions(16, 'HTTPClient') }),
    aPacket({ type: 'request', options: [serverIdentifier(SERVER), requestedAddress('10.78.0.150')] }),
    aPacket({ type: 'request', options: [requestedAddress('10.99.0.1')] }),
    aPacket({ type: 'inform', clientAddress: '10.78.0.7', options: ipxeOptions(0) }),
    aPacket({ options: [...pxeOptions(0), [OPTION.clientIdentifier, new Uint8Array(300).fill(7)]] }),
  ].map(encodePacket);
  const arrival: Arrival = { port: 67, from: { address: '0.0.0.0', port: 68 } };
  return [...FIRMWARE_PACKETS.map(({ bytes }) => bytes), ...asked].flatMap((bytes) =>
    services.flatMap((service) => {
      const { response } = respond({ bytes, arrival, nowMs: 0 }, service);
      return response.kind === 'answered' ? [response] : [];
    }),
  );
}

describe('tshark', () => {
  it('reads every answer of ours as we mean it, and marks none as malformed', async (context) => {
    const tshark = installedTool(context, 'tshark', 'tshark');
    const answers = ourAnswers();
    expect(answers.length).toBeGreaterThan(20);
    const file = join(await aFolder(), 'answers.pcap');
    const from = { address: SERVER, port: 67 };
    await writePcap(
      file,
      answers.map(({ bytes, to }) => ({ from, to, bytes })),
    );
    const fields = [
      '_ws.malformed',
      '_ws.expert.message',
      'dhcp.option.dhcp',
      'dhcp.file',
      'dhcp.ip.your',
      'dhcp.ip.relay',
    ];
    const wanted = fields.flatMap((field) => ['-e', field]);
    const { stdout, status } = spawnSync(tshark, ['-r', file, '-T', 'fields', ...wanted], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const expected = answers.map(({ bytes }) => {
      const { options, bootFile, yourAddress, relayAddress } = decodePacket(bytes);
      return ['', '', options.get(OPTION.messageType)![0], bootFile, yourAddress, relayAddress].join('\t');
    });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line || ''),
    ).toEqual(expected);
    expect(new Set(expected.map((line) => Number(line.split('\t')[2])))).toEqual(
      new Set([MESSAGE_TYPE.offer, MESSAGE_TYPE.ack, MESSAGE_TYPE.nak]),
    );
  });
});
