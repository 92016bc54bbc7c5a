import type { Ipv4 } from './ipv4.ts';
import type { MacAddress } from './mac-address.ts';

/** What has become of an address. */
export interface Lease {
  readonly address: Ipv4;
  readonly mac: MacAddress;
  /**
   * `offered`: kept free for a moment. `bound`: the machine has it. `released`: the machine has given it back.
   * `declined`: somebody else uses it, so nobody gets it for a while.
   */
  readonly state: 'offered' | 'bound' | 'released' | 'declined';
  /** Until then it is not free for others [ms since 1970]. */
  readonly untilMs: number;
}
