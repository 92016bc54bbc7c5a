/** Hosts per /24, so that an address tells the number of its machine. */
const HOSTS_PER_BLOCK = 250;
/** Second number of the addresses that all see; that of a site behind a NAT is higher by the number of the site. */
const PUBLIC_NET = 83;

/** Where a router has its addresses: beyond those of 60,000 hosts. */
const ROUTER_BLOCK = 255;

/** IPv4 address of the host that stands at this index; they exist inside the namespaces only. */
export function hostAddress(index: number, natSite: number | null): string {
  const net = PUBLIC_NET + (natSite ?? 0);
  return `10.${net}.${Math.floor(index / HOSTS_PER_BLOCK)}.${(index % HOSTS_PER_BLOCK) + 1}`;
}

/** The addresses of a site's router: inside the site, and towards all others. */
export function routerAddress(natSite: number): { readonly inside: string; readonly outside: string } {
  return {
    inside: `10.${PUBLIC_NET + natSite}.${ROUTER_BLOCK}.254`,
    outside: `10.${PUBLIC_NET}.${ROUTER_BLOCK}.${natSite}`,
  };
}

/** Hardware address of a host; locally administered, unicast. */
export function hostMac(index: number): string {
  return mac('00', index);
}

export function routerMac(natSite: number): { readonly inside: string; readonly outside: string } {
  return { inside: mac('01', natSite), outside: mac('02', natSite) };
}

function mac(kind: string, number: number): string {
  const hex = number.toString(16).padStart(4, '0');
  return `02:53:42:${kind}:${hex.slice(0, 2)}:${hex.slice(2)}`;
}
