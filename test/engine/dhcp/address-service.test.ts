import { describe, expect, it } from 'vitest';
import { AddressPlan, type AddressSettings } from '../../../src/engine/dhcp/address-plan.ts';
import { AddressService } from '../../../src/engine/dhcp/address-service.ts';
import type { Lease } from '../../../src/engine/dhcp/lease.ts';
import { LeasePool } from '../../../src/engine/dhcp/lease-pool.ts';
import { OPTION } from '../../../src/engine/dhcp/option-code.ts';
import {
  addressesValue,
  addressOption,
  messageTypeOf,
  numberValue,
  textOption,
  textValue,
} from '../../../src/engine/dhcp/option-values.ts';
import type { Answered, Outcome } from '../../../src/engine/dhcp/outcome.ts';
import { bootSettings } from './a-boot.ts';
import { type APacket, aPacket, MAC, pxeOptions, requestedAddress, serverIdentifier } from './a-packet.ts';

const SERVER = '10.78.0.1';
const OTHER_MAC = '52:54:00:78:00:0a';
const RESERVED_MAC = '52:54:00:78:00:0b';

const SETTINGS: AddressSettings = {
  subnets: [
    {
      network: '10.78.0.0/24',
      range: { first: '10.78.0.100', last: '10.78.0.102' },
      router: '10.78.0.254',
      nameServers: ['10.78.0.2', '10.78.0.3'],
      domainName: 'lab.example',
      leaseS: 600,
    },
    { network: '10.79.0.0/16', range: { first: '10.79.1.0', last: '10.79.1.9' }, leaseS: 600 },
  ],
  reservations: [{ mac: '52-54-00-78-00-0B', address: '10.78.0.50', hostName: 'pc-50' }],
};

/** A server with a clock of its own [s]. */
function aServer(settings: Partial<AddressSettings> = {}, leases: Lease[] = []) {
  const plan = new AddressPlan({ ...SETTINGS, ...settings }, SERVER);
  const boot = bootSettings({ mode: 'full' });
  const service = new AddressService({
    serverAddress: SERVER,
    boot,
    plan,
    pool: new LeasePool(plan, leases),
  });
  let nowMs = 0;
  const ask = (packet: APacket): Outcome =>
    service.answer(aPacket(packet), { port: 67, from: { address: '0.0.0.0', port: 68 } }, nowMs);
  return {
    ask,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    /** From DISCOVER to ACK. @returns the address */
    join(mac: string, more: Omit<APacket, 'mac'> = {}): string {
      const { yourAddress } = answered(ask({ ...more, mac })).packet;
      const options = [serverIdentifier(SERVER), requestedAddress(yourAddress)];
      return answered(ask({ ...more, mac, type: 'request', options })).packet.yourAddress;
    },
  };
}

function answered(outcome: Outcome): Answered {
  if (outcome.kind !== 'answered') throw new Error(outcome.why);
  return outcome;
}

/** `ack 10.0.0.1`, or the reason for silence. */
function short(outcome: Outcome): string {
  if (outcome.kind === 'ignored') return outcome.reason;
  if (outcome.kind === 'noted') return 'noted';
  return `${messageTypeOf(outcome.packet.options)} ${outcome.packet.yourAddress}`;
}

function macNumber(number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
}

describe('a machine that comes', () => {
  it('is offered an address, takes it, and is told all about the network', () => {
    const server = aServer();
    const offer = answered(server.ask({}));
    expect(short(offer)).toBe('offer 10.78.0.100');
    expect(offer.changes).toEqual([]);
    const options = [serverIdentifier(SERVER), requestedAddress('10.78.0.100')];
    const ack = answered(server.ask({ type: 'request', options }));
    expect(short(ack)).toBe('ack 10.78.0.100');
    expect(ack.changes).toEqual([{ address: '10.78.0.100', mac: MAC, state: 'bound', untilMs: 600_000 }]);
    const told = ack.packet.options;
    expect(addressOption(told, OPTION.serverIdentifier)).toBe(SERVER);
    expect(told.get(OPTION.leaseTime)).toEqual(numberValue(600));
    expect(addressOption(told, OPTION.subnetMask)).toBe('255.255.255.0');
    expect(addressOption(told, OPTION.broadcastAddress)).toBe('10.78.0.255');
    expect(addressOption(told, OPTION.router)).toBe('10.78.0.254');
    expect(told.get(OPTION.nameServer)).toEqual(addressesValue('10.78.0.2', '10.78.0.3'));
    expect(textOption(told, OPTION.domainName)).toBe('lab.example');
  });

  it('gets the same answer however often it asks', () => {
    const server = aServer();
    const offers = [1, 2, 3].map(() => server.ask({}));
    expect(new Set(offers.map(short))).toEqual(new Set(['offer 10.78.0.100']));
    expect(offers[1]).toEqual(offers[0]);
    const request: APacket = {
      type: 'request',
      options: [serverIdentifier(SERVER), requestedAddress('10.78.0.100')],
    };
    expect(server.ask(request)).toEqual(server.ask(request));
    expect(short(server.ask({}))).toBe('offer 10.78.0.100');
  });

  it('is told what to boot along with its address', () => {
    const { packet, why } = answered(aServer().ask({ options: pxeOptions(7) }));
    expect(packet).toMatchObject({ bootFile: 'snponly.efi', nextServer: SERVER });
    expect(textOption(packet.options, OPTION.bootFileName)).toBe('snponly.efi');
    expect(why).toBe('10.78.0.100; PXE of uefi-x64 loads iPXE');
  });

  it('gets its address even where there is nothing for it to boot', () => {
    const outcome = aServer().ask({ options: pxeOptions(99) });
    expect(short(outcome)).toBe('offer 10.78.0.100');
    expect(outcome.why).toMatch(/architecture type 99, which is not known here/);
  });

  it('keeps its address from firmware to system, whatever it calls itself on the way', () => {
    const server = aServer();
    const first = server.join(MAC);
    const identifier = [OPTION.clientIdentifier, textValue('somebody else')] as const;
    const offer = answered(server.ask({ options: [identifier] }));
    expect(offer.packet.yourAddress).toBe(first);
    expect(offer.packet.options.get(OPTION.clientIdentifier)).toEqual(identifier[1]);
  });

  it('gets the address that it wishes, where that is free', () => {
    const server = aServer();
    expect(short(server.ask({ options: [requestedAddress('10.78.0.102')] }))).toBe('offer 10.78.0.102');
    expect(short(server.ask({ mac: OTHER_MAC, options: [requestedAddress('10.78.0.102')] }))).toBe(
      'offer 10.78.0.100',
    );
    expect(short(server.ask({ mac: macNumber(1), options: [requestedAddress('10.78.0.7')] }))).toBe(
      'offer 10.78.0.101',
    );
  });

  it('is answered by broadcast, or at its own address once it has one', () => {
    const server = aServer();
    expect(answered(server.ask({ isBroadcast: true })).to).toEqual({ address: '255.255.255.255', port: 68 });
    const clientAddress = server.join(MAC);
    expect(answered(server.ask({ type: 'request', clientAddress })).to).toEqual({
      address: clientAddress,
      port: 68,
    });
  });
});

describe('addresses', () => {
  it('run out, and come back when their time is over', () => {
    const server = aServer();
    expect([1, 2, 3].map((number) => server.join(macNumber(number)))).toEqual([
      '10.78.0.100',
      '10.78.0.101',
      '10.78.0.102',
    ]);
    expect(short(server.ask({}))).toBe('noFreeAddress');
    server.pass(300);
    server.ask({ type: 'request', mac: macNumber(1), clientAddress: '10.78.0.100' });
    server.pass(301);
    expect(server.join(MAC)).toBe('10.78.0.101');
  });

  it('that were offered and not taken are free again after a minute', () => {
    const server = aServer();
    for (const number of [1, 2, 3]) server.ask({ mac: macNumber(number) });
    expect(short(server.ask({}))).toBe('noFreeAddress');
    server.pass(61);
    expect(short(server.ask({}))).toBe('offer 10.78.0.100');
  });

  it('that were offered to machines which are silent since are for others before that, where nothing else is free', () => {
    const server = aServer();
    for (const number of [1, 2, 3]) {
      server.ask({ mac: macNumber(number) });
      server.pass(1);
    }
    expect(short(server.ask({}))).toBe('noFreeAddress');
    server.pass(7);
    expect(short(server.ask({}))).toBe('offer 10.78.0.100');
    // Whoever wants what it was offered so late has to ask anew.
    const options = [serverIdentifier(SERVER), requestedAddress('10.78.0.100')];
    expect(short(server.ask({ mac: macNumber(1), type: 'request', options }))).toMatch(/^nak/);
  });

  it('of the router and of name servers are for nobody, also within the range', () => {
    const range = { first: '10.78.0.1', last: '10.78.0.4' };
    const network = { network: '10.78.0.0/24', router: '10.78.0.2', nameServers: ['10.78.0.3'], leaseS: 600 };
    const server = aServer({ subnets: [{ ...network, range }], reservations: [] });
    expect(short(server.ask({}))).toBe('offer 10.78.0.4');
    expect(short(server.ask({ mac: OTHER_MAC }))).toBe('noFreeAddress');
  });

  it('that are in use are for nobody else, however long ago they were offered', () => {
    const server = aServer();
    for (const number of [1, 2, 3]) server.join(macNumber(number));
    server.pass(300);
    expect(short(server.ask({}))).toBe('noFreeAddress');
  });

  it('that machines give back are for others, but rather for the same machine', () => {
    const server = aServer();
    const clientAddress = server.join(MAC);
    expect(short(server.ask({ type: 'release', clientAddress }))).toBe('noted');
    expect(server.join(OTHER_MAC)).not.toBe(clientAddress);
    expect(server.join(MAC)).toBe(clientAddress);
  });

  it('that somebody else is found to use are left alone for a while', () => {
    const server = aServer();
    const address = server.join(MAC);
    expect(short(server.ask({ type: 'decline', options: [requestedAddress(address)] }))).toBe('noted');
    expect(server.join(MAC)).toBe('10.78.0.101');
    expect(server.join(OTHER_MAC)).toBe('10.78.0.102');
    expect(short(server.ask({ mac: macNumber(1) }))).toBe('noFreeAddress');
    server.pass(601);
    expect(server.join(macNumber(1))).toBe(address);
  });

  it('of others can be neither declined nor given back', () => {
    const server = aServer();
    const clientAddress = server.join(MAC);
    const options = [requestedAddress(clientAddress)];
    expect(short(server.ask({ type: 'decline', mac: OTHER_MAC, options }))).toBe('unknownLease');
    expect(short(server.ask({ type: 'decline', mac: OTHER_MAC }))).toBe('unknownLease');
    expect(short(server.ask({ type: 'release', mac: OTHER_MAC, clientAddress }))).toBe('unknownLease');
  });

  it('are never the one of the server', () => {
    const range = { first: '10.78.0.1', last: '10.78.0.2' };
    const server = aServer({ subnets: [{ network: '10.78.0.0/24', range, leaseS: 600 }], reservations: [] });
    expect(server.join(MAC)).toBe('10.78.0.2');
    expect(short(server.ask({ mac: OTHER_MAC }))).toBe('noFreeAddress');
  });
});

describe('a reserved address', () => {
  it("is its machine's, with its name", () => {
    const server = aServer();
    const offer = answered(server.ask({ mac: RESERVED_MAC }));
    expect(offer.packet.yourAddress).toBe('10.78.0.50');
    expect(textOption(offer.packet.options, OPTION.hostName)).toBe('pc-50');
    expect(short(server.ask({ options: [requestedAddress('10.78.0.50')] }))).toBe('offer 10.78.0.100');
  });

  it('is not given to whoever comes, even inside the range', () => {
    const server = aServer({ reservations: [{ mac: RESERVED_MAC, address: '10.78.0.100' }] });
    expect(server.join(MAC)).toBe('10.78.0.101');
    expect(server.join(OTHER_MAC)).toBe('10.78.0.102');
    expect(short(server.ask({ mac: macNumber(1) }))).toBe('noFreeAddress');
    expect(server.join(RESERVED_MAC)).toBe('10.78.0.100');
  });

  it('is all that is given where there is no range: others are left to other servers, without a word', () => {
    const server = aServer({ subnets: [{ network: '10.78.0.0/24', leaseS: 600 }] });
    expect(server.join(RESERVED_MAC)).toBe('10.78.0.50');
    expect(short(server.ask({}))).toBe('noReservation');
    expect(short(server.ask({ type: 'request', options: [requestedAddress('192.168.1.1')] }))).toBe(
      'noReservation',
    );
  });

  it('that was moved to another machine is free for it at once, and refused to the one that had it', () => {
    const had: Lease = { address: '10.78.0.50', mac: OTHER_MAC, state: 'bound', untilMs: 600_000 };
    const server = aServer({}, [had]);
    expect(server.join(RESERVED_MAC)).toBe('10.78.0.50');
    const options = [requestedAddress('10.78.0.50')];
    expect(short(server.ask({ type: 'request', mac: OTHER_MAC, options }))).toBe('nak 0.0.0.0');
    expect(short(server.ask({ type: 'request', mac: OTHER_MAC, clientAddress: '10.78.0.50' }))).toBe(
      'nak 0.0.0.0',
    );
    expect(server.join(OTHER_MAC)).toBe('10.78.0.100');
  });

  it("is known to be its machine's after the leases were lost", () => {
    const options = [requestedAddress('10.78.0.50')];
    expect(short(aServer().ask({ type: 'request', mac: RESERVED_MAC, options }))).toBe('ack 10.78.0.50');
  });
});

describe('a REQUEST', () => {
  it('for the offer of another server frees ours', () => {
    const server = aServer();
    for (const mac of [MAC, macNumber(1), macNumber(2)]) server.ask({ mac });
    const options = [serverIdentifier('10.78.0.2'), requestedAddress('10.78.0.100')];
    expect(short(server.ask({ type: 'request', options }))).toBe('otherServerChosen');
    expect(short(server.ask({ mac: OTHER_MAC }))).toBe('offer 10.78.0.100');
  });

  it('for an offer from before a restart is granted', () => {
    const options = [serverIdentifier(SERVER), requestedAddress('10.78.0.102')];
    expect(short(aServer().ask({ type: 'request', options }))).toBe('ack 10.78.0.102');
  });

  it('for the address of somebody else is refused, to everybody', () => {
    const server = aServer();
    const address = server.join(OTHER_MAC);
    const options = [serverIdentifier(SERVER), requestedAddress(address)];
    const refusal = answered(server.ask({ type: 'request', options }));
    expect(short(refusal)).toBe('nak 0.0.0.0');
    expect(refusal.to).toEqual({ address: '255.255.255.255', port: 68 });
  });

  it('of a machine that restarts keeps what it had', () => {
    const server = aServer();
    const options = [requestedAddress(server.join(MAC))];
    expect(short(server.ask({ type: 'request', options }))).toBe('ack 10.78.0.100');
  });

  it('of a machine that comes from another network is refused', () => {
    expect(short(aServer().ask({ type: 'request', options: [requestedAddress('192.168.1.5')] }))).toBe(
      'nak 0.0.0.0',
    );
  });

  it('of a machine that nothing is known of is left to those who may know it', () => {
    const options = [requestedAddress('10.78.0.101')];
    expect(short(aServer().ask({ type: 'request', options }))).toBe('unknownLease');
  });

  it('that renews makes the lease longer', () => {
    const server = aServer();
    const clientAddress = server.join(MAC);
    server.pass(300);
    const { changes } = answered(server.ask({ type: 'request', clientAddress }));
    expect(changes).toEqual([{ address: clientAddress, mac: MAC, state: 'bound', untilMs: 900_000 }]);
  });

  it('that does not say for what is ignored', () => {
    expect(short(aServer().ask({ type: 'request' }))).toBe('badClientAddress');
  });
});

describe('an INFORM', () => {
  it('is answered at the address that the machine has, without a lease', () => {
    const answer = answered(
      aServer().ask({ type: 'inform', clientAddress: '10.78.0.7', options: pxeOptions(0) }),
    );
    expect(short(answer)).toBe('ack 0.0.0.0');
    expect(answer.to).toEqual({ address: '10.78.0.7', port: 68 });
    expect(answer.packet.bootFile).toBe('undionly.kpxe');
    expect(answer.packet.options.has(OPTION.leaseTime)).toBe(false);
    expect(answer.changes).toEqual([]);
  });

  it('that does not say where to is ignored', () => {
    expect(short(aServer().ask({ type: 'inform' }))).toBe('badClientAddress');
  });
});

describe('behind a relay agent', () => {
  const relayAddress = '10.79.0.1';
  const information = Uint8Array.of(1, 4, 112, 111, 114, 116, 2, 2, 9, 9);

  it('a machine gets an address of its own network; the answer goes to the agent, with what it has added', () => {
    const server = aServer();
    const answer = answered(server.ask({ relayAddress, options: [[OPTION.relayAgent, information]] }));
    expect(short(answer)).toBe('offer 10.79.1.0');
    expect(answer.to).toEqual({ address: relayAddress, port: 67 });
    expect(answer.packet.relayAddress).toBe(relayAddress);
    expect(answer.packet.options.get(OPTION.relayAgent)).toEqual(information);
  });

  it('the network is the one that the agent selects, where it says so', () => {
    const selection = Uint8Array.of(5, 4, 10, 78, 0, 0);
    const options = [[OPTION.relayAgent, selection]] as const;
    expect(short(aServer().ask({ relayAddress, options }))).toBe('offer 10.78.0.100');
  });

  it('a network that nothing is known of is ignored', () => {
    expect(short(aServer().ask({ relayAddress: '10.80.0.1' }))).toBe('noSubnet');
  });

  it('a refusal is for everybody', () => {
    const options = [requestedAddress('10.78.0.100')];
    const { packet, to } = answered(aServer().ask({ type: 'request', relayAddress, options }));
    expect({ to, isBroadcast: packet.isBroadcast }).toEqual({
      to: { address: relayAddress, port: 67 },
      isBroadcast: true,
    });
  });

  it('a machine has an address in each network that it is in', () => {
    const server = aServer();
    expect(server.join(MAC)).toBe('10.78.0.100');
    expect(server.join(MAC, { relayAddress })).toBe('10.79.1.0');
    expect(server.join(MAC)).toBe('10.78.0.100');
  });
});

describe('settings that cannot be are refused', () => {
  const subnet = SETTINGS.subnets[0]!;
  it.each<[string, Partial<AddressSettings>]>([
    [
      'dhcp.subnets.0.network: `10.78.0.0` is not a network; write 10.0.0.0/24',
      { subnets: [{ ...subnet, network: '10.78.0.0' }] },
    ],
    [
      'dhcp.subnets.0.network: 10.78.0.5/24 is a host; the network is 10.78.0.0/24',
      { subnets: [{ ...subnet, network: '10.78.0.5/24' }] },
    ],
    [
      'dhcp.subnets.0.range: 10.78.0.5 comes before 10.78.0.9',
      { subnets: [{ ...subnet, range: { first: '10.78.0.9', last: '10.78.0.5' } }] },
    ],
    [
      'dhcp.subnets.0.range: 10.78.0.0 to 10.78.0.5 are not addresses of machines in 10.78.0.0/24',
      { subnets: [{ ...subnet, range: { first: '10.78.0.0', last: '10.78.0.5' } }] },
    ],
    [
      'dhcp.subnets.0.range.first: `ten` is no IPv4 address; write 10.0.0.1',
      { subnets: [{ ...subnet, range: { first: 'ten', last: '10.78.0.5' } }] },
    ],
    [
      'dhcp.subnets.0.router: `10.78.0` is no IPv4 address; write 10.0.0.1',
      { subnets: [{ ...subnet, router: '10.78.0' }] },
    ],
    ['dhcp.subnets.0.leaseS: a lease of 5 s; write 60 s or more', { subnets: [{ ...subnet, leaseS: 5 }] }],
    [
      'dhcp.reservations.0.mac: `52:54` is no Ethernet address; write 52:54:00:12:34:56',
      { reservations: [{ mac: '52:54', address: '10.78.0.9' }] },
    ],
    [
      'dhcp.reservations.0.address: 10.0.0.9 is no address of a machine in any of the subnets',
      { reservations: [{ mac: MAC, address: '10.0.0.9' }] },
    ],
    [
      "dhcp.reservations.0.address: 10.78.0.1 is somebody else's; give each machine its own",
      { reservations: [{ mac: MAC, address: SERVER }] },
    ],
    [
      "dhcp.reservations.1.address: 10.78.0.9 is somebody else's; give each machine its own",
      {
        reservations: [
          { mac: MAC, address: '10.78.0.9' },
          { mac: OTHER_MAC, address: '10.78.0.9' },
        ],
      },
    ],
    [
      `dhcp.reservations.1.mac: ${MAC} has an address in 10.78.0.0/24 already`,
      {
        reservations: [
          { mac: MAC, address: '10.78.0.9' },
          { mac: MAC, address: '10.78.0.8' },
        ],
      },
    ],
  ])('%s', (sentence, settings) => {
    expect(() => aServer({ reservations: [], ...settings })).toThrow(sentence);
  });

  it('networks that overlap: dhcp.subnets.1.network', () => {
    const subnets = [subnet, { network: '10.78.0.128/25', leaseS: 600 }];
    expect(() => aServer({ subnets })).toThrow(
      'dhcp.subnets.1.network: 10.78.0.128/25 overlaps 10.78.0.0/24',
    );
  });
});
