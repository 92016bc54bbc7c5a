import { describe, expect, it } from 'vitest';
import { packetHeard } from '../../../src/engine/dhcp/dhcp-event.ts';
import { encodePacket } from '../../../src/engine/dhcp/packet-codec.ts';
import { ProxyService } from '../../../src/engine/dhcp/proxy-service.ts';
import { respond } from '../../../src/engine/dhcp/respond.ts';
import { bootSettings } from './a-boot.ts';
import { type APacket, aPacket, MAC, pxeOptions } from './a-packet.ts';

/** What a server tells of this packet of somebody who boots by PXE. */
function heard(packet: APacket) {
  const bytes = encodePacket(aPacket({ options: pxeOptions(0), ...packet }));
  const arrival = { port: 67, from: { address: '0.0.0.0', port: 68 } } as const;
  return packetHeard(respond({ bytes, arrival, nowMs: 0 }, new ProxyService('10.78.0.1', bootSettings())));
}

describe('a packet', () => {
  it('of a machine that boots names it', () => {
    expect(heard({}).boot).toMatchObject({ mac: MAC, stage: 'pxe' });
  });

  it.each<[string, APacket]>([
    ['without a hardware address', { hardwareAddress: new Uint8Array(0) }],
    ['with a hardware address of 16 bytes', { hardwareAddress: new Uint8Array(16).fill(1) }],
    ['with an address that is not of Ethernet', { hardwareType: 32 }],
    ['that is an answer', { op: 'reply' }],
    ['by which a server looks for others', { mac: '02:53:42:01:02:03' }],
  ])('%s is not of a machine that boots', (_, packet) => {
    expect(heard(packet).boot).toBeUndefined();
  });
});
