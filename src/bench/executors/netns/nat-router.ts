import { batch, inPackets, kernelSetting, neighbours, type SetUpStep, shaped } from './set-up-step.ts';
import { type NetnsTopology, routerInside, routerNamespace, routerOutside, stationsOf } from './topology.ts';

/** Its interfaces. */
export const INSIDE = 'inside';
export const OUTSIDE = 'outside';

/**
 * What leaves the site gets the router's own address. TFTP answers from another port than the one that was asked, so
 * the router has to read the requests to know whom an answer is for: all UDP is looked at, on whatever port the server
 * listens. Nothing else is forwarded inwards, and nobody outside knows a way to the addresses inside.
 */
const RULES = `
table ip nat {
  ct helper tftp {
    type "tftp" protocol udp
  }
  chain requests {
    type filter hook prerouting priority filter
    iifname "${INSIDE}" ip protocol udp ct helper set "tftp"
  }
  chain leaving {
    type nat hook postrouting priority srcnat
    oifname "${OUTSIDE}" masquerade
  }
  chain forwarded {
    type filter hook forward priority filter; policy drop
    iifname "${INSIDE}" accept
    ct state established,related accept
  }
}
`;

/** The commands that make a router of a namespace, once its cables are there. */
export function routerSteps(topology: NetnsTopology, natSite: number): SetUpStep[] {
  const namespace = routerNamespace(topology, natSite);
  const [inside, outside] = [routerInside(natSite), routerOutside(natSite)];
  return [
    batch(
      ['ip', '-n', namespace],
      [
        'link set lo up',
        `address add ${inside.address}/16 brd + dev ${INSIDE}`,
        `address add ${outside.address}/16 brd + dev ${OUTSIDE}`,
        inPackets(OUTSIDE),
        `link set ${INSIDE} up`,
        `link set ${OUTSIDE} up`,
        ...neighbours(INSIDE, inside, stationsOf(topology, natSite)),
        ...neighbours(OUTSIDE, outside, stationsOf(topology, null)),
      ],
    ),
    batch(['tc', '-n', namespace], shaped(OUTSIDE, topology.sites[natSite]!.upBps)),
    kernelSetting(namespace, 'net/ipv4/ip_forward', 1),
    { command: ['ip', 'netns', 'exec', namespace, 'nft', '-f', '-'], input: RULES },
  ];
}
