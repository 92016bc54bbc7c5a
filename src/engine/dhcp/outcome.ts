import type { Ipv4 } from './ipv4.ts';
import type { Lease } from './lease.ts';
import type { Malformation } from './malformed-packet.ts';
import type { DhcpPacket } from './packet.ts';

/** RFC 2131, 4.1. */
export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;
/** Boot servers and proxies that do not have port 67 for themselves (PXE 2.1, 2.2.3). */
export const BOOT_SERVER_PORT = 4011;

export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

/** Where a packet came in, and from whom. */
export interface Arrival {
  readonly port: typeof SERVER_PORT | typeof BOOT_SERVER_PORT;
  readonly from: Endpoint;
}

/** Why nobody answers. */
export type IgnoreReason =
  | Malformation
  /** This server hands out nothing. */
  | 'off'
  /** Another server is on this network, and we are to stay silent. */
  | 'rivalServer'
  /** Answers of servers. */
  | 'notARequest'
  /** BOOTP, or a kind of message that clients do not send. */
  | 'notForServers'
  /** It has gone through more relay agents than a network has. */
  | 'looped'
  /** The relay agent's address cannot be that of one. */
  | 'badRelay'
  /** The client's own address cannot be that of one. */
  | 'badClientAddress'
  /** No Ethernet address: machines are known by theirs. */
  | 'noHardwareAddress'
  /** It wants an address, and addresses are somebody else's. */
  | 'notABootClient'
  | 'addressIsOthers'
  | 'unknownArchitecture'
  /** The catalogue has none for this platform. */
  | 'noBootFile'
  /** The client has taken the offer of another server. */
  | 'otherServerChosen'
  | 'noSubnet'
  | 'noReservation'
  | 'noFreeAddress'
  /** RFC 2131, 4.3.2: of a client that we know nothing of another server may know. */
  | 'unknownLease'
  | 'answerTooLong';

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: IgnoreReason;
  /** A sentence for the log. */
  readonly why: string;
}

export interface Answered {
  readonly kind: 'answered';
  readonly packet: DhcpPacket;
  readonly to: Endpoint;
  readonly why: string;
  /** Has to be on the disk before the answer leaves (RFC 2131, 2.2). */
  readonly changes: readonly Lease[];
}

/** Heard, and nothing is to be said. */
export interface Noted {
  readonly kind: 'noted';
  readonly why: string;
  readonly changes: readonly Lease[];
}

export type Outcome = Answered | Noted | Ignored;

/** Decides about packets that are well formed. What it has decided is its state from then on. */
export interface DhcpService {
  /** @param nowMs wall clock: leases outlive this process */
  answer(packet: DhcpPacket, arrival: Arrival, nowMs: number): Outcome;
}

export function ignored(reason: IgnoreReason, why: string): Ignored {
  return { kind: 'ignored', reason, why };
}
