import ipaddr from 'ipaddr.js';
import { ConfigError } from '../../failure.ts';
import { type Ipv4, ipv4Number, isIpv4 } from './ipv4.ts';
import { type MacAddress, parseMac } from './mac-address.ts';

/** A network whose machines get their addresses from us. */
export interface SubnetSettings {
  /** Such as `10.0.0.0/24`. */
  readonly network: string;
  /** Addresses for whoever asks, both ends included; none: only reservations. */
  readonly range?: { readonly first: Ipv4; readonly last: Ipv4 };
  readonly router?: Ipv4;
  readonly nameServers?: readonly Ipv4[];
  readonly domainName?: string;
  readonly leaseS: number;
}

/** An address that is one machine's own. */
export interface Reservation {
  readonly mac: string;
  readonly address: Ipv4;
  readonly hostName?: string;
}

export interface AddressSettings {
  readonly subnets: readonly SubnetSettings[];
  readonly reservations: readonly Reservation[];
}

/** The plan of a mode that gives addresses. Throws a ConfigError that names the setting. */
export function addressPlanOf(
  mode: 'full' | 'reservations-only',
  settings: AddressSettings,
  serverAddress: Ipv4,
): AddressPlan {
  return new AddressPlan(mode === 'full' ? settings : withoutRanges(settings), serverAddress);
}

/** The same networks, where nobody gets an address but by reservation. */
function withoutRanges({ subnets, reservations }: AddressSettings): AddressSettings {
  return { subnets: subnets.map(({ range: _, ...subnet }) => subnet), reservations };
}

/** A subnet with its numbers; addresses as numbers of 32 bits. */
export interface Subnet extends SubnetSettings {
  readonly first: number;
  readonly last: number;
  readonly mask: Ipv4;
  readonly broadcast: Ipv4;
  /** Range for whoever asks; null: none. */
  readonly pool: { readonly first: number; readonly last: number } | null;
}

/** More would make the search for a free address slow, and no broadcast network holds as many machines. */
const MOST_POOL = 65_536;
const SHORTEST_LEASE_S = 60;

/** Networks and reservations, checked against each other. */
export class AddressPlan {
  readonly subnets: readonly Subnet[];
  readonly #reserved = new Map<Ipv4, MacAddress>();
  readonly #reservations = new Map<MacAddress, Reservation[]>();
  readonly #serverAddress: Ipv4;

  /**
   * Throws a ConfigError that names the setting.
   * @param serverAddress never given away
   */
  constructor({ subnets, reservations }: AddressSettings, serverAddress: Ipv4) {
    this.#serverAddress = serverAddress;
    this.subnets = subnets.map((subnet, index) => checkedSubnet(subnet, `dhcp.subnets.${index}`));
    for (const [index, subnet] of this.subnets.entries()) this.#expectApart(subnet, index);
    for (const [index, reservation] of reservations.entries()) {
      this.#reserve(reservation, `dhcp.reservations.${index}`);
    }
  }

  subnetOf(address: Ipv4): Subnet | undefined {
    const number = ipv4Number(address);
    return this.subnets.find(({ first, last }) => first <= number && number <= last);
  }

  reservationFor(mac: MacAddress, { first, last }: Subnet): Reservation | undefined {
    return this.#reservations.get(mac)?.find(({ address }) => {
      const number = ipv4Number(address);
      return first <= number && number <= last;
    });
  }

  /** Whether the address is reserved for another machine. */
  isOfAnother(address: Ipv4, mac: MacAddress): boolean {
    return (this.#reserved.get(address) ?? mac) !== mac;
  }

  /** Whether this machine may have this address, as far as the plan goes. */
  allows(address: Ipv4, mac: MacAddress, { pool, router, nameServers = [] }: Subnet): boolean {
    if (this.#reserved.has(address)) return !this.isOfAnother(address, mac);
    if ([this.#serverAddress, router, ...nameServers].includes(address)) return false;
    const number = ipv4Number(address);
    return pool !== null && pool.first <= number && number <= pool.last;
  }

  #expectApart({ network, first, last }: Subnet, index: number): void {
    const other = this.subnets.slice(0, index).find((each) => first <= each.last && each.first <= last);
    if (other !== undefined) {
      throw new ConfigError(`dhcp.subnets.${index}.network`, `${network} overlaps ${other.network}`);
    }
  }

  #reserve(reservation: Reservation, field: string): void {
    const mac = parseMac(reservation.mac);
    if (mac === undefined) {
      throw new ConfigError(
        `${field}.mac`,
        `\`${reservation.mac}\` is no Ethernet address; write 52:54:00:12:34:56`,
      );
    }
    const address = checkedAddress(`${field}.address`, reservation.address);
    const subnet = this.subnetOf(address);
    if (subnet === undefined || !isHostOf(subnet, ipv4Number(address))) {
      throw new ConfigError(
        `${field}.address`,
        `${address} is no address of a machine in any of the subnets`,
      );
    }
    if (this.#reserved.has(address) || address === this.#serverAddress) {
      throw new ConfigError(`${field}.address`, `${address} is somebody else's; give each machine its own`);
    }
    if (this.reservationFor(mac, subnet)) {
      throw new ConfigError(`${field}.mac`, `${mac} has an address in ${subnet.network} already`);
    }
    this.#reserved.set(address, mac);
    this.#reservations.set(mac, [...(this.#reservations.get(mac) ?? []), { ...reservation, mac }]);
  }
}

function checkedSubnet(settings: SubnetSettings, field: string): Subnet {
  const { network, range, router, nameServers = [], leaseS } = settings;
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(network)) {
    throw new ConfigError(`${field}.network`, `\`${network}\` is not a network; write 10.0.0.0/24`);
  }
  const [, prefixBits] = ipaddr.IPv4.parseCIDR(network);
  const firstAddress = ipaddr.IPv4.networkAddressFromCIDR(network).toString();
  const broadcast = ipaddr.IPv4.broadcastAddressFromCIDR(network).toString();
  if (!network.startsWith(`${firstAddress}/`)) {
    throw new ConfigError(
      `${field}.network`,
      `${network} is a host; the network is ${firstAddress}/${prefixBits}`,
    );
  }
  if (router !== undefined) checkedAddress(`${field}.router`, router);
  for (const [index, each] of nameServers.entries()) checkedAddress(`${field}.nameServers.${index}`, each);
  if (!(leaseS >= SHORTEST_LEASE_S && leaseS < 2 ** 32)) {
    throw new ConfigError(`${field}.leaseS`, `a lease of ${leaseS} s; write ${SHORTEST_LEASE_S} s or more`);
  }
  const subnet: Subnet = {
    ...settings,
    first: ipv4Number(firstAddress),
    last: ipv4Number(broadcast),
    mask: ipaddr.IPv4.subnetMaskFromPrefixLength(prefixBits).toString(),
    broadcast,
    pool: null,
  };
  return range === undefined ? subnet : { ...subnet, pool: checkedPool(subnet, range, `${field}.range`) };
}

function checkedPool(subnet: Subnet, range: NonNullable<SubnetSettings['range']>, field: string) {
  const first = ipv4Number(checkedAddress(`${field}.first`, range.first));
  const last = ipv4Number(checkedAddress(`${field}.last`, range.last));
  if (!isHostOf(subnet, first) || !isHostOf(subnet, last)) {
    throw new ConfigError(
      field,
      `${range.first} to ${range.last} are not addresses of machines in ${subnet.network}`,
    );
  }
  if (last < first) throw new ConfigError(field, `${range.last} comes before ${range.first}`);
  if (last - first >= MOST_POOL) throw new ConfigError(field, `more than ${MOST_POOL} addresses`);
  return { first, last };
}

/** Neither the network itself nor its broadcast address. */
function isHostOf({ first, last }: Subnet, number: number): boolean {
  return first < number && number < last;
}

function checkedAddress(field: string, address: string): Ipv4 {
  if (!isIpv4(address)) throw new ConfigError(field, `\`${address}\` is no IPv4 address; write 10.0.0.1`);
  return address;
}
