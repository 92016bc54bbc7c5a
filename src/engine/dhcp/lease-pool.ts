import type { AddressPlan, Subnet } from './address-plan.ts';
import { type Ipv4, ipv4Of } from './ipv4.ts';
import type { Lease } from './lease.ts';
import type { MacAddress } from './mac-address.ts';

/** How long an address is kept for a machine that was offered it. */
const OFFER_MS = 60_000;
/** After so long nobody who was offered an address asks for it any more. */
const FIRM_MS = 10_000;
/** How long an address is left alone that somebody was found to use. */
const DECLINE_MS = 10 * 60_000;

/** Machine and network that an address is for. */
export interface Applicant {
  readonly mac: MacAddress;
  readonly subnet: Subnet;
}

/**
 * Who has which address. A machine is its hardware address, not its client identifier (RFC 2131, 4.2, would have it the
 * other way): firmware, iPXE and the system call themselves differently, and would take three addresses.
 */
export class LeasePool {
  readonly #plan: AddressPlan;
  /** What has become of each address that was ever used. */
  readonly #byAddress = new Map<Ipv4, Lease>();
  /** The last address of each machine in each network. */
  readonly #byMachine = new Map<string, Ipv4>();
  /** Addresses of each pool below this number were all used before. */
  readonly #unused = new Map<Subnet, number>();

  /**
   * @param leases as they were stored, the last ones last. Those that the plan does not allow any more are forgotten: a
   * reservation does not wait for the machine that had the address, which may be the one that was replaced.
   */
  constructor(plan: AddressPlan, leases: Iterable<Lease>) {
    this.#plan = plan;
    for (const lease of leases) {
      const subnet = plan.subnetOf(lease.address);
      if (subnet && plan.allows(lease.address, lease.mac, subnet)) this.#set(lease);
    }
  }

  /** What the machine had last in this network, though its time may be over. */
  leaseOf({ mac, subnet }: Applicant): Lease | undefined {
    const address = this.#byMachine.get(machineKey(mac, subnet));
    return address === undefined ? undefined : this.#byAddress.get(address);
  }

  /**
   * An address for a machine that asks: its own, the one that it had, the one that it wishes, one that nobody ever had,
   * or the one that nobody has had for the longest time. The same machine gets the same address again.
   * @returns undefined where none is free
   */
  offer(applicant: Applicant, wished: Ipv4 | undefined, nowMs: number): Lease | undefined {
    const { mac, subnet } = applicant;
    const had = this.leaseOf(applicant);
    const own = this.#plan.reservationFor(mac, subnet)?.address;
    const address =
      [own, had?.address, wished].find(
        (each) => each !== undefined && this.isFreeFor(each, applicant, nowMs),
      ) ?? this.#anyFree(applicant, nowMs);
    if (address === undefined) return undefined;
    if (had?.address === address && had.state === 'bound' && had.untilMs > nowMs) return had;
    return this.#set({ address, mac, state: 'offered', untilMs: nowMs + OFFER_MS });
  }

  /** Whether this machine may have this address now. */
  isFreeFor(address: Ipv4, { mac, subnet }: Applicant, nowMs: number): boolean {
    if (this.#plan.subnetOf(address) !== subnet || !this.#plan.allows(address, mac, subnet)) return false;
    const lease = this.#byAddress.get(address);
    if (lease === undefined || lease.untilMs <= nowMs) return true;
    return lease.mac === mac && lease.state !== 'declined';
  }

  bind(address: Ipv4, { mac, subnet }: Applicant, nowMs: number): Lease {
    return this.#set({ address, mac, state: 'bound', untilMs: nowMs + subnet.leaseS * 1000 });
  }

  /** The machine gives the address back; it is kept in mind for its next time. */
  release(lease: Lease, nowMs: number): Lease {
    return this.#set({ ...lease, state: 'released', untilMs: nowMs });
  }

  /** The machine has found that somebody uses the address. */
  decline(lease: Lease, nowMs: number): Lease {
    return this.#set({ ...lease, state: 'declined', untilMs: nowMs + DECLINE_MS });
  }

  #anyFree(applicant: Applicant, nowMs: number): Ipv4 | undefined {
    return (
      this.#neverUsed(applicant) ?? this.#longestFree(applicant, nowMs) ?? this.#oldestOffer(applicant, nowMs)
    );
  }

  /**
   * What others were offered and have not taken in the time in which they would have. A server that also hears another
   * network offers addresses to machines there, which never take them; whoever asks too late is refused, and asks anew.
   */
  #oldestOffer({ mac, subnet }: Applicant, nowMs: number): Ipv4 | undefined {
    let best: Lease | undefined;
    for (const lease of this.#byAddress.values()) {
      const offeredForMs = nowMs - (lease.untilMs - OFFER_MS);
      if (lease.state !== 'offered' || offeredForMs < FIRM_MS) continue;
      if (this.#plan.subnetOf(lease.address) !== subnet || !this.#plan.allows(lease.address, mac, subnet))
        continue;
      if (best === undefined || lease.untilMs < best.untilMs) best = lease;
    }
    return best?.address;
  }

  #neverUsed({ mac, subnet }: Applicant): Ipv4 | undefined {
    const { pool } = subnet;
    if (pool === null) return undefined;
    let number = this.#unused.get(subnet) ?? pool.first;
    while (number <= pool.last && !this.#isUnused(ipv4Of(number), mac, subnet)) number++;
    this.#unused.set(subnet, number);
    return number <= pool.last ? ipv4Of(number) : undefined;
  }

  /** Nobody who comes this far has a reservation that is free, so addresses that are reserved are passed over. */
  #isUnused(address: Ipv4, mac: MacAddress, subnet: Subnet): boolean {
    return !this.#byAddress.has(address) && this.#plan.allows(address, mac, subnet);
  }

  #longestFree(applicant: Applicant, nowMs: number): Ipv4 | undefined {
    let best: Lease | undefined;
    for (const lease of this.#byAddress.values()) {
      if (lease.untilMs > nowMs || (best !== undefined && best.untilMs <= lease.untilMs)) continue;
      if (this.isFreeFor(lease.address, applicant, nowMs)) best = lease;
    }
    return best?.address;
  }

  #set(lease: Lease): Lease {
    const subnet = this.#plan.subnetOf(lease.address)!;
    const before = this.#byAddress.get(lease.address);
    if (before !== undefined) this.#forget(before, subnet);
    this.#byAddress.set(lease.address, lease);
    // What was declined is not offered to the same machine again.
    if (lease.state !== 'declined') this.#byMachine.set(machineKey(lease.mac, subnet), lease.address);
    return lease;
  }

  #forget({ mac, address }: Lease, subnet: Subnet): void {
    const key = machineKey(mac, subnet);
    if (this.#byMachine.get(key) === address) this.#byMachine.delete(key);
  }
}

function machineKey(mac: MacAddress, { first }: Subnet): string {
  return `${mac} ${first}`;
}
