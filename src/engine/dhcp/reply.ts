import type { BootOffer } from './boot-decision.ts';
import { type Ipv4, isHostAddress, LIMITED_BROADCAST, NO_ADDRESS } from './ipv4.ts';
import { MESSAGE_TYPE, OPTION } from './option-code.ts';
import { addressesValue } from './option-values.ts';
import { type Arrival, BOOT_SERVER_PORT, CLIENT_PORT, type Endpoint, SERVER_PORT } from './outcome.ts';
import type { DhcpOptions, DhcpPacket } from './packet.ts';

export interface ReplyParts {
  readonly type: 'offer' | 'ack' | 'nak';
  readonly serverAddress: Ipv4;
  readonly yourAddress?: Ipv4;
  readonly boot?: BootOffer | undefined;
  /** Besides those of the boot offer. */
  readonly options?: DhcpOptions;
}

/** A reply to a request, by RFC 2131, table 3. */
export function replyTo(request: DhcpPacket, parts: ReplyParts): DhcpPacket {
  const { type, serverAddress, yourAddress = NO_ADDRESS, boot, options = new Map() } = parts;
  const clientAddress = type === 'ack' ? request.clientAddress : NO_ADDRESS;
  return {
    op: 'reply',
    hardwareType: request.hardwareType,
    hardwareAddress: request.hardwareAddress,
    hops: 0,
    transactionId: request.transactionId,
    secs: 0,
    // Without the flag a relay agent sends to one of the addresses (RFC 1542, 4.1.2), and has none to send to where it
    // is the offer of a proxy or a refusal (RFC 2131, 4.3.2).
    isBroadcast: request.isBroadcast || (yourAddress === NO_ADDRESS && clientAddress === NO_ADDRESS),
    clientAddress,
    yourAddress,
    nextServer: boot?.nextServer ?? NO_ADDRESS,
    relayAddress: request.relayAddress,
    serverName: '',
    bootFile: boot?.fileField ?? '',
    options: new Map([
      [OPTION.messageType, Uint8Array.of(MESSAGE_TYPE[type])],
      [OPTION.serverIdentifier, addressesValue(serverAddress)],
      ...options,
      ...(boot?.options ?? []),
      ...echoed(request),
    ]),
  };
}

/** What relay agents (RFC 3046, 2.2) and clients (RFC 6842) know their answers by. */
function echoed({ options }: DhcpPacket): [code: number, value: Uint8Array][] {
  return [OPTION.relayAgent, OPTION.clientIdentifier].flatMap((code): [number, Uint8Array][] => {
    const value = options.get(code);
    return value === undefined ? [] : [[code, value]];
  });
}

/**
 * Where a reply has to go (RFC 2131, 4.1). A client without an address is answered by broadcast, whatever its flag
 * says: sending to an address that it does not have yet needs more than a socket.
 */
export function destinationOf(reply: DhcpPacket, arrival: Arrival): Endpoint {
  const isNak = reply.options.get(OPTION.messageType)?.[0] === MESSAGE_TYPE.nak;
  if (arrival.port === BOOT_SERVER_PORT && isHostAddress(arrival.from.address)) return arrival.from;
  if (reply.relayAddress !== NO_ADDRESS) return { address: reply.relayAddress, port: SERVER_PORT };
  const isReachable = !isNak && reply.clientAddress !== NO_ADDRESS;
  return { address: isReachable ? reply.clientAddress : LIMITED_BROADCAST, port: CLIENT_PORT };
}
