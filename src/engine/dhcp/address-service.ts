import type { AddressPlan, Subnet } from './address-plan.ts';
import { type BootOffer, type BootSettings, decideBoot } from './boot-decision.ts';
import { type Ipv4, NO_ADDRESS } from './ipv4.ts';
import type { Lease } from './lease.ts';
import type { Applicant, LeasePool } from './lease-pool.ts';
import { macText } from './mac-address.ts';
import { OPTION } from './option-code.ts';
import { addressesValue, addressOption, messageTypeOf, numberValue, textValue } from './option-values.ts';
import {
  type Answered,
  type Arrival,
  type DhcpService,
  ignored,
  type Noted,
  type Outcome,
} from './outcome.ts';
import type { DhcpPacket } from './packet.ts';
import { linkAddressOf } from './relay-agent.ts';
import { destinationOf, type ReplyParts, replyTo } from './reply.ts';

export interface AddressServiceOptions {
  /** Our own address, by which clients know whose offer they take. */
  readonly serverAddress: Ipv4;
  readonly boot: BootSettings;
  readonly plan: AddressPlan;
  readonly pool: LeasePool;
}

/** One request and what is known about it. */
interface Request extends Applicant {
  readonly packet: DhcpPacket;
  readonly arrival: Arrival;
  readonly nowMs: number;
}

/** A DHCP server (RFC 2131, 4.3) that also says what to boot. */
export class AddressService implements DhcpService {
  readonly #options: AddressServiceOptions;

  constructor(options: AddressServiceOptions) {
    this.#options = options;
  }

  answer(packet: DhcpPacket, arrival: Arrival, nowMs: number): Outcome {
    if (packet.hardwareAddress.length === 0)
      return ignored('noHardwareAddress', 'it has no hardware address');
    const subnet = this.#subnetFor(packet);
    if (subnet === undefined)
      return ignored('noSubnet', 'there are no addresses for the network that it is in');
    const mac = macText(packet.hardwareAddress);
    const request = { packet, arrival, nowMs, mac, subnet };
    if (!this.#isOurs(request)) return ignored('noReservation', 'no address is reserved for it');
    switch (messageTypeOf(packet.options)) {
      case 'discover':
        return this.#discovered(request);
      case 'request':
        return this.#requested(request);
      case 'decline':
        return this.#declined(request);
      case 'release':
        return this.#released(request);
      case 'inform':
        return this.#acknowledged(request, null, []);
      default:
        return ignored('notForServers', 'clients send no such message');
    }
  }

  /** By what the relay agent says, the relay agent itself, the address that the client has, or our own. */
  #subnetFor(packet: DhcpPacket): Subnet | undefined {
    const { plan, serverAddress } = this.#options;
    const { relayAddress, clientAddress } = packet;
    if (relayAddress !== NO_ADDRESS) return plan.subnetOf(linkAddressOf(packet) ?? relayAddress);
    return plan.subnetOf(clientAddress === NO_ADDRESS ? serverAddress : clientAddress);
  }

  /** Without a pool, others may give addresses to whom we have none for: nothing is said to those, not even no. */
  #isOurs({ mac, subnet }: Request): boolean {
    return subnet.pool !== null || this.#options.plan.reservationFor(mac, subnet) !== undefined;
  }

  #discovered(request: Request): Outcome {
    const wished = addressOption(request.packet.options, OPTION.requestedAddress);
    const lease = this.#options.pool.offer(request, wished, request.nowMs);
    if (lease === undefined)
      return ignored('noFreeAddress', `no address of ${request.subnet.network} is free`);
    return this.#reply(request, { type: 'offer', yourAddress: lease.address }, []);
  }

  /** RFC 2131, 4.3.2: what a REQUEST means is told by what it holds. */
  #requested(request: Request): Outcome {
    const { options, clientAddress } = request.packet;
    const chosen = addressOption(options, OPTION.serverIdentifier);
    const wished = addressOption(options, OPTION.requestedAddress);
    if (chosen !== undefined) return this.#selected(request, chosen, wished ?? clientAddress);
    return this.#remembered(request, wished ?? clientAddress);
  }

  /** The client takes an offer, ours or another's. Ours is kept even if we have restarted since. */
  #selected(request: Request, chosen: Ipv4, wished: Ipv4): Outcome {
    const { pool, serverAddress } = this.#options;
    if (chosen !== serverAddress) {
      const offered = pool.leaseOf(request);
      if (offered?.state === 'offered') pool.release(offered, request.nowMs);
      return ignored('otherServerChosen', `it has taken the offer of ${chosen}`);
    }
    if (!pool.isFreeFor(wished, request, request.nowMs)) return this.#refused(request, wished);
    return this.#bound(request, wished);
  }

  /** The client wants to keep what it had: it restarts, or its time is running out. */
  #remembered(request: Request, wished: Ipv4): Outcome {
    const { pool, plan } = this.#options;
    if (wished === NO_ADDRESS)
      return ignored('badClientAddress', 'it requests an address and does not say which');
    // Whoever had it before it was reserved has to leave it, though its lease is known no more.
    const isWrong = plan.subnetOf(wished) !== request.subnet || plan.isOfAnother(wished, request.mac);
    if (isWrong) return this.#refused(request, wished);
    const known = pool.leaseOf(request)?.address ?? plan.reservationFor(request.mac, request.subnet)?.address;
    if (known === undefined) return ignored('unknownLease', `nothing is known here of it and ${wished}`);
    if (known !== wished || !pool.isFreeFor(wished, request, request.nowMs)) {
      return this.#refused(request, wished);
    }
    return this.#bound(request, wished);
  }

  #declined(request: Request): Outcome {
    const { pool } = this.#options;
    const lease = pool.leaseOf(request);
    if (
      lease === undefined ||
      lease.address !== addressOption(request.packet.options, OPTION.requestedAddress)
    ) {
      return ignored('unknownLease', 'it declines an address that is not its own');
    }
    return noted(`${lease.address} is used by somebody else`, [pool.decline(lease, request.nowMs)]);
  }

  #released(request: Request): Outcome {
    const { pool } = this.#options;
    const lease = pool.leaseOf(request);
    if (lease === undefined || lease.address !== request.packet.clientAddress) {
      return ignored('unknownLease', 'it gives back an address that is not its own');
    }
    return noted(`${lease.address} is given back`, [pool.release(lease, request.nowMs)]);
  }

  #refused(request: Request, wished: Ipv4): Outcome {
    const options = new Map([[OPTION.message, textValue(`${wished} is not for you`)]]);
    const { serverAddress } = this.#options;
    const packet = replyTo(request.packet, { type: 'nak', serverAddress, options });
    const why = `${wished} is not for ${request.mac}`;
    return { kind: 'answered', packet, to: destinationOf(packet, request.arrival), why, changes: [] };
  }

  #bound(request: Request, address: Ipv4): Outcome {
    const lease = this.#options.pool.bind(address, request, request.nowMs);
    return this.#acknowledged(request, address, [lease]);
  }

  /** @param address null: the client has one that is no business of ours (RFC 2131, 4.3.5) */
  #acknowledged(request: Request, address: Ipv4 | null, changes: readonly Lease[]): Outcome {
    if (address === null && request.packet.clientAddress === NO_ADDRESS) {
      return ignored('badClientAddress', 'it asks for information and does not say where to send it');
    }
    return this.#reply(
      request,
      { type: 'ack', ...(address === null ? {} : { yourAddress: address }) },
      changes,
    );
  }

  #reply(
    request: Request,
    parts: Pick<ReplyParts, 'type' | 'yourAddress'>,
    changes: readonly Lease[],
  ): Answered {
    const { serverAddress } = this.#options;
    const decision = decideBoot(request.packet, this.#options.boot);
    const boot: BootOffer | undefined = decision.kind === 'offer' ? decision : undefined;
    const options = this.#networkOptions(request, parts.yourAddress !== undefined);
    const packet = replyTo(request.packet, { ...parts, serverAddress, boot, options });
    const why = `${parts.yourAddress ?? 'information'}; ${decision.why}`;
    return { kind: 'answered', packet, to: destinationOf(packet, request.arrival), why, changes };
  }

  #networkOptions({ mac, subnet }: Request, hasAddress: boolean): Map<number, Uint8Array> {
    const { mask, broadcast, router, nameServers = [], domainName, leaseS } = subnet;
    const hostName = this.#options.plan.reservationFor(mac, subnet)?.hostName;
    const options = new Map([
      [OPTION.subnetMask as number, addressesValue(mask)],
      [OPTION.broadcastAddress, addressesValue(broadcast)],
    ]);
    if (hasAddress) options.set(OPTION.leaseTime, numberValue(leaseS));
    if (router !== undefined) options.set(OPTION.router, addressesValue(router));
    if (nameServers.length > 0) options.set(OPTION.nameServer, addressesValue(...nameServers));
    if (domainName !== undefined) options.set(OPTION.domainName, textValue(domainName));
    if (hostName !== undefined) options.set(OPTION.hostName, textValue(hostName));
    return options;
  }
}

function noted(why: string, changes: readonly Lease[]): Noted {
  return { kind: 'noted', why, changes };
}
