import type { DhcpMode } from './boot-decision.ts';
import { type Ipv4, NO_ADDRESS } from './ipv4.ts';
import { MESSAGE_TYPE, OPTION } from './option-code.ts';
import { addressOption, messageTypeOf, textOption, textValue } from './option-values.ts';
import type { DhcpPacket } from './packet.ts';

/** Another server that answered when we asked as a machine would. */
export interface Rival {
  readonly address: Ipv4;
  readonly givesAddresses: boolean;
  readonly givesBootFiles: boolean;
}

/** PXE of a BIOS machine: the one that any boot server has a file for. */
const VENDOR_CLASS = 'PXEClient:Arch:00000:UNDI:002001';
const ETHERNET = 1;
const ETHERNET_BYTES = 6;
/** Locally administered, unicast: no machine's address. */
export const PROBE_MAC_START: readonly number[] = [0x02, 0x53, 0x42];
/** Subnet mask, router, vendor options, server, vendor class, TFTP server, boot file. */
const WANTED = Uint8Array.of(1, 3, 43, 54, 60, 66, 67);

/** The question of a machine that wants an address and a boot file. */
export function probeOf(hardwareAddress: Uint8Array, transactionId: number): DhcpPacket {
  return {
    op: 'request',
    hardwareType: ETHERNET,
    hardwareAddress,
    hops: 0,
    transactionId,
    secs: 0,
    isBroadcast: true,
    clientAddress: NO_ADDRESS,
    yourAddress: NO_ADDRESS,
    nextServer: NO_ADDRESS,
    relayAddress: NO_ADDRESS,
    serverName: '',
    bootFile: '',
    options: new Map([
      [OPTION.messageType, Uint8Array.of(MESSAGE_TYPE.discover)],
      [OPTION.parameterList, WANTED],
      [OPTION.clientArchitecture, Uint8Array.of(0, 0)],
      [OPTION.clientInterface, Uint8Array.of(1, 2, 1)],
      [OPTION.vendorClass, textValue(VENDOR_CLASS)],
    ]),
  };
}

/** False for answers, for what has no Ethernet address, and for probes, which other servers of ours send, too. */
export function isOfMachine({ op, hardwareType, hardwareAddress }: DhcpPacket): boolean {
  const isEthernet = hardwareType === ETHERNET && hardwareAddress.length === ETHERNET_BYTES;
  return op === 'request' && isEthernet && PROBE_MAC_START.some((byte, at) => hardwareAddress[at] !== byte);
}

/** Whoever has answered a probe; undefined: it is no answer to it. */
export function rivalOf(answer: DhcpPacket, probe: DhcpPacket): Rival | undefined {
  const { op, transactionId, options, yourAddress, bootFile } = answer;
  const address = addressOption(options, OPTION.serverIdentifier);
  if (op !== 'reply' || transactionId !== probe.transactionId || address === undefined) return undefined;
  if (messageTypeOf(options) !== 'offer') return undefined;
  const isBootServer = textOption(options, OPTION.vendorClass)?.startsWith('PXEClient') ?? false;
  return {
    address,
    givesAddresses: yourAddress !== NO_ADDRESS,
    givesBootFiles: bootFile !== '' || options.has(OPTION.bootFileName) || isBootServer,
  };
}

/** Whether the two of us would give machines different answers to the same question. */
export function isInTheWay({ givesAddresses, givesBootFiles }: Rival, mode: DhcpMode): boolean {
  if (mode === 'off') return false;
  return givesBootFiles || (mode === 'full' && givesAddresses);
}
