import ipaddr from 'ipaddr.js';

/** Where a peer listens. As text it is `host:port`, IPv6 hosts in brackets. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** @param host whoever listens at :: sees IPv4 peers as ::ffff:1.2.3.4; they are called 1.2.3.4 here */
export function addressText(host: string, port: number): string {
  const plain = parseHost(host)?.toString() ?? host;
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

export function parseAddress(address: string): PeerAddress {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

/** Whether it is an IP address and a port. Trackers may name hosts (BEP 3); nobody else could be told of these. */
export function isAddress(address: string): boolean {
  const { host, port } = parseAddress(address);
  return ipaddr.isValid(host) && Number.isInteger(port) && port > 0 && port < 65_536;
}

/** The address that a connection to `host` has to come from, where we listen at `own`; undefined: any. */
export function localAddressTowards(host: string, own: string): string | undefined {
  const [remote, local] = [parseHost(host), parseHost(own)];
  if (!remote || remote.kind() !== local?.kind() || local.range() === 'unspecified') return undefined;
  return local.toString();
}

/** Whether an address that a peer tells of may be called: no stranger sends us to the ports of our own computer. */
export function isCallable(address: string, teller: string): boolean {
  const { host, port } = parseAddress(address);
  const range = parseHost(host)?.range() ?? 'unspecified';
  if (port === 0 || range === 'unspecified' || range === 'broadcast' || range === 'multicast') return false;
  return range !== 'loopback' || parseHost(teller)?.range() === 'loopback';
}

/**
 * A host as the system names it, as others are told of it: without the name of our interface (RFC 4007, section 11), and
 * IPv4 as such.
 */
export function hostOf(seen: string): string {
  const host = seen.replace(/%.*$/, '');
  return parseHost(host)?.toString() ?? host;
}

/** Undefined for a name. */
function parseHost(host: string) {
  return ipaddr.isValid(host) ? ipaddr.process(host) : undefined;
}
