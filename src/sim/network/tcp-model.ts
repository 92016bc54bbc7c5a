/** What of TCP is simulated beside fair shares. Sizes in bytes, times in seconds. */
export interface TcpModel {
  /** A new connection, or one that was idle for a timeout, begins with the first window and doubles it each round trip. */
  readonly isSlowStart: boolean;
  readonly firstWindowBytes: number;
  /** Payload of a packet. */
  readonly segmentBytes: number;
  /** By whose model a connection carries less where packets are lost (1997, 1998); undefined for as much as without loss. */
  readonly underLoss: 'mathis' | 'padhye' | undefined;
  /** What the first wait for an acknowledgement, before a packet is sent again, is longer than a round trip. */
  readonly timeoutS: number;
}
