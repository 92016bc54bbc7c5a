import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AddressPlan } from '../../../src/engine/dhcp/address-plan.ts';
import { AddressService } from '../../../src/engine/dhcp/address-service.ts';
import { LeasePool } from '../../../src/engine/dhcp/lease-pool.ts';
import { OPTION } from '../../../src/engine/dhcp/option-code.ts';
import type { Arrival, DhcpService } from '../../../src/engine/dhcp/outcome.ts';
import { decodePacket, encodePacket } from '../../../src/engine/dhcp/packet-codec.ts';
import { ProxyService } from '../../../src/engine/dhcp/proxy-service.ts';
import { type Response, respond } from '../../../src/engine/dhcp/respond.ts';
import { bootSettings } from './a-boot.ts';
import { aPacket, ipxeOptions, pxeOptions, serverIdentifier } from './a-packet.ts';
import { FIRMWARE_PACKETS, type FirmwarePacket } from './firmware.ts';

const SERVER = '10.78.0.1';
const HTTP = 'http://10.78.0.1:8080';
const AT_67: Arrival = { port: 67, from: { address: '0.0.0.0', port: 68 } };
const AT_4011: Arrival = { port: 4011, from: { address: '10.78.0.118', port: 4011 } };

const proxy = new ProxyService(SERVER, bootSettings());

/** Gives addresses on 10.78.0.0/24. */
function full(mode: 'full' | 'reservations-only' = 'full'): DhcpService {
  const range = { range: { first: '10.78.0.100', last: '10.78.0.250' } };
  const subnets = [{ network: '10.78.0.0/24', leaseS: 600, ...(mode === 'full' ? range : {}) }];
  const plan = new AddressPlan({ subnets, reservations: [] }, SERVER);
  return new AddressService({
    serverAddress: SERVER,
    boot: bootSettings({ mode }),
    plan,
    pool: new LeasePool(plan, []),
  });
}

function responseTo(bytes: Uint8Array, service: DhcpService, arrival = AT_67): Response {
  return respond({ bytes, arrival, nowMs: 1_000_000 }, service).response;
}

/** The boot file that is offered, or the reason for none. */
function bootFileFor(bytes: Uint8Array, service: DhcpService, arrival = AT_67): string {
  const response = responseTo(bytes, service, arrival);
  if (response.kind !== 'answered') return response.kind === 'ignored' ? response.reason : response.kind;
  const { bootFile, options } = decodePacket(response.bytes);
  return bootFile || Buffer.from(options.get(OPTION.bootFileName) ?? []).toString('latin1');
}

describe('the packets of real firmware', () => {
  const whole = FIRMWARE_PACKETS.filter(({ lostBytes }) => lostBytes === 0);
  const cut = FIRMWARE_PACKETS.filter(({ lostBytes }) => lostBytes > 1);

  it('are all read as far as they were captured whole', () => {
    expect(whole.length).toBeGreaterThan(20);
    for (const { bytes, name } of whole) expect(decodePacket(bytes).op, name).toBe('request');
  });

  it('that were cut off by the capture are refused for that', () => {
    expect(cut.length).toBeGreaterThan(10);
    for (const { bytes, name } of cut) expect(bootFileFor(bytes, full()), name).toBe('optionBeyondEnd');
  });

  /** Who sent the first DISCOVER of a capture, by its file; iPXE behind it by its own place. */
  const BOOT_FILES: readonly (readonly [name: string, bootFile: string])[] = [
    ['ovmf-pxe 1', 'snponly.efi'],
    ['ovmf-pxe-proxydhcp 1', 'snponly.efi'],
    ['ovmf-http-boot 1', 'snponly.efi'],
    ['ovmf-http-boot 9', `${HTTP}/boot/snponly.efi`],
    ['ovmf-http-boot-2 1', `${HTTP}/boot/snponly.efi`],
    ['whole-ovmf-http-boot 1', `${HTTP}/boot/snponly.efi`],
    ['whole-ovmf-pxe-then-ipxe 1', 'snponly.efi'],
    ['whole-ovmf-pxe-then-ipxe 3', `${HTTP}/ipxe/uefi-x64/52-54-00-78-00-02`],
    ['whole-ovmf-pxe-then-ipxe 6', `${HTTP}/boot/snponly.efi`],
    ['whole-seabios-ipxe 1', `${HTTP}/ipxe/bios/52-54-00-78-00-01`],
  ];

  it.each(BOOT_FILES)('%s: is offered %s, by a proxy and by a full server', (name, bootFile) => {
    const { bytes } = packetNamed(name);
    expect(bootFileFor(bytes, proxy)).toBe(bootFile);
    expect(bootFileFor(bytes, full())).toBe(bootFile);
  });

  it('get the file again at port 4011 of a proxy', () => {
    const { bytes, from } = packetNamed('ovmf-pxe-proxydhcp 6');
    const response = responseTo(bytes, proxy, { port: 4011, from });
    if (response.kind !== 'answered') throw new Error(response.why);
    expect(response.to).toEqual({ address: '10.78.0.118', port: 4011 });
    expect(decodePacket(response.bytes)).toMatchObject({ bootFile: 'snponly.efi', nextServer: SERVER });
  });

  it('that ask for an address only get one, and no boot file', () => {
    const { bytes } = packetNamed('seabios-ipxe-rom-virtio 8');
    expect(bootFileFor(bytes, proxy)).toBe('notABootClient');
    expect(bootFileFor(bytes, full())).toBe('');
  });

  it('that take an address from another server are left to it', () => {
    const { bytes } = packetNamed('whole-seabios-ipxe 3');
    expect(bootFileFor(bytes, proxy)).toBe('addressIsOthers');
    const elsewhere = aPacket({ type: 'request', options: [serverIdentifier('10.78.0.2')] });
    expect(bootFileFor(encodePacket(elsewhere), full())).toBe('otherServerChosen');
  });
});

function packetNamed(name: string): FirmwarePacket {
  const found = FIRMWARE_PACKETS.find((packet) => packet.name === name);
  if (!found) throw new Error(`there is no packet ${name}`);
  return found;
}

describe('an answer that goes through a relay agent', () => {
  /** To an iPXE on the other side of it. */
  function offerOf(service: DhcpService, isBroadcast: boolean) {
    const packet = aPacket({ relayAddress: '10.78.0.2', isBroadcast, options: ipxeOptions(0) });
    const response = responseTo(encodePacket(packet), service);
    if (response.kind !== 'answered') throw new Error(response.why);
    return decodePacket(response.bytes);
  }

  it('is to be a broadcast where there is no address to send it to, as in the offer of a proxy', () => {
    expect(offerOf(proxy, false)).toMatchObject({ isBroadcast: true, yourAddress: '0.0.0.0' });
  });

  it('is one where the client wants that, if it has an address', () => {
    expect(offerOf(full(), false)).toMatchObject({ isBroadcast: false, yourAddress: '10.78.0.100' });
    expect(offerOf(full(), true)).toMatchObject({ isBroadcast: true });
  });
});

describe('what comes in is answered or ignored by name', () => {
  it.each<[string, Parameters<typeof aPacket>[0]]>([
    ['notARequest', { op: 'reply' }],
    ['notForServers', { options: [[OPTION.messageType, Uint8Array.of(99)]] }],
    ['looped', { hops: 17 }],
    ['badRelay', { relayAddress: '255.255.255.255' }],
    ['badRelay', { relayAddress: '127.0.0.1' }],
    ['badClientAddress', { clientAddress: '224.0.0.1' }],
    ['notForServers', { type: 'offer' }],
  ])('%s', (reason, packet) => {
    expect(bootFileFor(encodePacket(aPacket(packet)), full())).toBe(reason);
  });

  it('BOOTP, which gives no kind of message, is not for us', () => {
    const bytes = encodePacket({ ...aPacket(), options: new Map() });
    expect(bootFileFor(bytes, full())).toBe('notForServers');
  });

  it('an answer that the client has no room for is not sent by halves', () => {
    const relayAgent = new Uint8Array(255).fill(1);
    const options = [
      [OPTION.relayAgent, relayAgent] as const,
      [OPTION.clientIdentifier, relayAgent] as const,
    ];
    const packet = { options: pxeOptions(0).filter(([code]) => code !== OPTION.mostMessageBytes) };
    const bytes = encodePacket(aPacket({ options: [...packet.options, ...options] }));
    expect(bootFileFor(bytes, full())).toBe('answerTooLong');
    expect(bootFileFor(encodePacket(aPacket({ options: [...pxeOptions(0), ...options] })), full())).toBe(
      'undionly.kpxe',
    );
  });

  it('an answer of ours that comes back is ignored', () => {
    const response = responseTo(encodePacket(aPacket({ options: pxeOptions(0) })), full());
    if (response.kind !== 'answered') throw new Error(response.why);
    expect(bootFileFor(response.bytes, full())).toBe('notARequest');
  });
});

describe('a hundred thousand broken packets', () => {
  it('of every kind and in every mode end in an answer that can be read, or in a reason', () => {
    const services = [proxy, full(), full('reservations-only')];
    const random = randomBytesFrom('dhcp');
    const seen = new Map<string, number>();
    for (let round = 0; round < 100_000; round++) {
      const bytes = broken(FIRMWARE_PACKETS[round % FIRMWARE_PACKETS.length]!.bytes, random);
      const response = responseTo(bytes, services[round % 3]!, round % 5 === 0 ? AT_4011 : AT_67);
      const result = response.kind === 'ignored' ? response.reason : response.kind;
      seen.set(result, (seen.get(result) ?? 0) + 1);
      if (response.kind === 'answered') {
        expect(decodePacket(response.bytes).op).toBe('reply');
        expect(response.bytes.length).toBeLessThanOrEqual(1472);
      }
    }
    for (const result of [
      'answered',
      'optionBeyondEnd',
      'tooShort',
      'noMagicCookie',
      'badOptionLength',
      'looped',
    ]) {
      expect(seen.get(result), result).toBeGreaterThan(0);
    }
  });
});

/** Bytes that look random and are the same every time. */
function randomBytesFrom(seed: string): () => number {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  return () => {
    if (at + 2 > block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    at += 2;
    return block.readUInt16BE(at - 2);
  };
}

/** A packet with some of its bytes changed, cut off, doubled or long beyond all measure. */
function broken(bytes: Uint8Array, random: () => number): Uint8Array {
  let result = new Uint8Array(bytes);
  for (let change = random() % 4; change >= 0; change--) {
    // Half of all changes are among the options.
    const at = random() % 2 === 0 ? 240 + (random() % 120) : random() % 240;
    if (at < result.length) result[at] = random() & 255;
  }
  const kind = random() % 16;
  if (kind === 0) result = result.slice(0, random() % result.length);
  if (kind === 1)
    result = new Uint8Array(Buffer.concat([result, result.subarray(240), result.subarray(240)]));
  if (kind === 2)
    result = new Uint8Array(
      Buffer.concat([result.subarray(0, 240), new Uint8Array(random() % 9_000).fill(random() & 255)]),
    );
  if (kind === 3) result[3] = random() & 31;
  return result;
}
