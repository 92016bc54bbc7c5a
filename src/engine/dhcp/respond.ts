import { isHostAddress, NO_ADDRESS } from './ipv4.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { OPTION } from './option-code.ts';
import { messageTypeOf, shortsOption } from './option-values.ts';
import {
  type Answered,
  type Arrival,
  type DhcpService,
  type Ignored,
  ignored,
  type Noted,
} from './outcome.ts';
import type { DhcpPacket } from './packet.ts';
import { decodePacket, encodePacket } from './packet-codec.ts';

/** RFC 1542, 4.1.1: a packet that has gone through more relay agents goes round in circles. */
const MOST_HOPS = 16;
/** Headers of IPv4 and UDP count as parts of a message [byte]. */
const HEADER_BYTES = 28;
/** RFC 2131, 2: what every client takes. */
const LEAST_MESSAGE_BYTES = 576;
/** What fits into one Ethernet frame. */
const MOST_MESSAGE_BYTES = 1500;

/** What becomes of a datagram. */
export type Response = (Answered & { readonly bytes: Uint8Array }) | Noted | Ignored;

export interface Responded {
  /** Undefined: no DHCP packet. */
  readonly request: DhcpPacket | undefined;
  readonly response: Response;
}

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly arrival: Arrival;
  readonly nowMs: number;
}

/** From bytes to bytes. Whatever comes in, there is an answer or a reason why there is none. */
export function respond({ bytes, arrival, nowMs }: Datagram, service: DhcpService): Responded {
  const request = decoded(bytes);
  if ('kind' in request) return { request: undefined, response: request };
  const outcome = refusalOf(request) ?? service.answer(request, arrival, nowMs);
  const response = outcome.kind === 'answered' ? sealed(outcome, request) : outcome;
  return { request, response };
}

function decoded(bytes: Uint8Array): DhcpPacket | Ignored {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (!(error instanceof MalformedPacket)) throw error;
    return ignored(error.reason, error.message);
  }
}

/** What no service answers. */
function refusalOf(packet: DhcpPacket): Ignored | undefined {
  const { relayAddress, clientAddress } = packet;
  if (packet.op !== 'request') return ignored('notARequest', 'it is an answer');
  if (messageTypeOf(packet.options) === undefined)
    return ignored('notForServers', 'it says not what it wants');
  if (packet.hops > MOST_HOPS) return ignored('looped', `it has gone through ${packet.hops} relay agents`);
  if (relayAddress !== NO_ADDRESS && !isHostAddress(relayAddress)) {
    return ignored('badRelay', `${relayAddress} is no address of a relay agent`);
  }
  if (clientAddress !== NO_ADDRESS && !isHostAddress(clientAddress)) {
    return ignored('badClientAddress', `${clientAddress} is no address of a client`);
  }
  return undefined;
}

/** Half an answer would be taken for a whole one. */
function sealed(answered: Answered, request: DhcpPacket): Response {
  const bytes = encodePacket(answered.packet);
  const mostBytes = mostMessageBytes(request) - HEADER_BYTES;
  if (bytes.length > mostBytes) {
    return ignored(
      'answerTooLong',
      `the answer has ${bytes.length} bytes, and the client takes ${mostBytes}`,
    );
  }
  return { ...answered, bytes };
}

function mostMessageBytes({ options }: DhcpPacket): number {
  const [said = LEAST_MESSAGE_BYTES] = shortsOption(options, OPTION.mostMessageBytes);
  return Math.min(MOST_MESSAGE_BYTES, Math.max(LEAST_MESSAGE_BYTES, said));
}
