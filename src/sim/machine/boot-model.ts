/** One step of a machine on its way from power-on to the agent. Sizes in bytes, times in seconds. */
export type BootStep =
  /** Firmware, start of a kernel: time that no server is asked for. */
  | { readonly kind: 'wait'; readonly lastsS: number }
  /** DISCOVER, OFFER, REQUEST, ACK (RFC 2131, section 3.1). */
  | { readonly kind: 'dhcp' }
  | { readonly kind: 'tftp' | 'http'; readonly bytes: number };

/** What machines load before the agent runs, and what serves it. All of it stands at the server and uses its link. */
export interface BootModel {
  /** In their order, the same for every machine. */
  readonly steps: readonly BootStep[];
  /** Messages are answered one after the other, each in this time. */
  readonly dhcp: { readonly serviceS: number };
  readonly tftp: TftpModel;
  /** Transfers at a time, Infinity for all. */
  readonly http: { readonly transfers: number };
}

/** How files go by TFTP. */
export interface TftpModel {
  /** Payload of a packet (RFC 2348). */
  readonly blockBytes: number;
  /** Blocks sent before an answer is waited for (RFC 7440): 1 is lock-step (RFC 1350). */
  readonly windowBlocks: number;
  /** Time of a client to answer, beside the way there and back. */
  readonly turnaroundS: number;
  /** The server makes its packets one after the other, each in this time. */
  readonly serviceS: number;
  /** Transfers at a time, Infinity for all; the others wait in line. */
  readonly transfers: number;
}
