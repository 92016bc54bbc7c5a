import { MESSAGE_TYPE, type MessageType, OPTION } from '../../../src/engine/dhcp/option-code.ts';
import { addressesValue, textValue } from '../../../src/engine/dhcp/option-values.ts';
import type { DhcpPacket } from '../../../src/engine/dhcp/packet.ts';

export const MAC = '52:54:00:78:00:09';

export interface APacket extends Partial<Omit<DhcpPacket, 'options'>> {
  readonly type?: MessageType;
  readonly mac?: string;
  readonly options?: Iterable<readonly [code: number, value: Uint8Array]>;
}

/** A DISCOVER of somebody who wants an address. */
export function aPacket({ type = 'discover', mac = MAC, options = [], ...fields }: APacket = {}): DhcpPacket {
  return {
    op: 'request',
    hardwareType: 1,
    hardwareAddress: Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16)),
    hops: 0,
    transactionId: 0x1234_5678,
    secs: 0,
    isBroadcast: false,
    clientAddress: '0.0.0.0',
    yourAddress: '0.0.0.0',
    nextServer: '0.0.0.0',
    relayAddress: '0.0.0.0',
    serverName: '',
    bootFile: '',
    ...fields,
    options: new Map([[OPTION.messageType, Uint8Array.of(MESSAGE_TYPE[type])], ...options]),
  };
}

type Option = readonly [code: number, value: Uint8Array];

/** What firmware says of itself. */
export function pxeOptions(architectureType: number, vendor = 'PXEClient'): Option[] {
  const digits = String(architectureType).padStart(5, '0');
  return [
    [OPTION.vendorClass, textValue(`${vendor}:Arch:${digits}:UNDI:003000`)],
    [OPTION.clientArchitecture, Uint8Array.of(architectureType >> 8, architectureType & 255)],
    [OPTION.clientInterface, Uint8Array.of(1, 3, 0)],
    [OPTION.clientUuid, Uint8Array.from({ length: 17 }, (_, index) => index)],
    [OPTION.mostMessageBytes, Uint8Array.of(5, 192)],
  ];
}

export function ipxeOptions(architectureType: number): Option[] {
  return [
    ...pxeOptions(architectureType),
    [OPTION.userClass, textValue('iPXE')],
    [OPTION.ipxe, IPXE_FEATURES],
  ];
}

/** As a ROM lists them: the card on its bus, the version, PXE, HTTP and iSCSI. */
const IPXE_FEATURES = Uint8Array.of(
  ...[177, 5, 1, 26, 244, 16, 0],
  ...[235, 3, 1, 0, 0],
  ...[23, 1, 1, 19, 1, 1, 17, 1, 1],
);

export function requestedAddress(address: string): Option {
  return [OPTION.requestedAddress, addressesValue(address)];
}

export function serverIdentifier(address: string): Option {
  return [OPTION.serverIdentifier, addressesValue(address)];
}
