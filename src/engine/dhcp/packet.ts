import type { Ipv4 } from './ipv4.ts';

/** Values of options by their codes, put together where they came in several parts (RFC 3396). */
export type DhcpOptions = ReadonlyMap<number, Uint8Array>;

/** A DHCP packet (RFC 2131, 2). Text is Latin-1, so that every byte has its character. */
export interface DhcpPacket {
  readonly op: 'request' | 'reply';
  /** 1: Ethernet. */
  readonly hardwareType: number;
  /** At most 16 bytes (chaddr, as many as hlen says). */
  readonly hardwareAddress: Uint8Array;
  /** Relay agents on the way. */
  readonly hops: number;
  readonly transactionId: number;
  /** Seconds since the client began. */
  readonly secs: number;
  /** The client cannot hear what is sent to an address that it does not have yet. */
  readonly isBroadcast: boolean;
  /** ciaddr: the address that the client has. */
  readonly clientAddress: Ipv4;
  /** yiaddr: the address that the client gets. */
  readonly yourAddress: Ipv4;
  /** siaddr: where the boot file is. */
  readonly nextServer: Ipv4;
  /** giaddr: the relay agent at the client's network. */
  readonly relayAddress: Ipv4;
  /** sname, at most 64 bytes; empty where it holds options. */
  readonly serverName: string;
  /** file, at most 128 bytes; empty where it holds options. */
  readonly bootFile: string;
  readonly options: DhcpOptions;
}

export const SERVER_NAME_BYTES = 64;
export const BOOT_FILE_BYTES = 128;
