import { FASTEST_BITS, PORT_BUFFER_PACKETS, rateBits } from './set-up-step.ts';
import { type NetnsHost, type NetnsTopology, stationOf, stationsOf } from './topology.ts';

/**
 * What leaves a host: to each other host by itself, as Linux queues fairly by flow (fq_codel, RFC 8290), and whoever
 * sends applies a cap of connections: two hosts have one that carries the image, whatever the program. In one queue for
 * all, whoever came first keeps others out for seconds, and all that is said waits behind all that is sent.
 */
export interface Uplink {
  /** [byte/s], Infinity for no limit. */
  readonly goodputBps: number;
  readonly capBps: number;
  /** Of the other hosts. */
  readonly addresses: readonly string[];
}

export function uplinkOf(topology: NetnsTopology, host: NetnsHost, goodputBps: number): Uplink {
  const own = stationOf(topology, topology.hosts.indexOf(host));
  const others = stationsOf(topology, null).filter(({ mac }) => mac !== own.mac);
  const addresses = others.map(({ address }) => address);
  return { goodputBps, capBps: topology.connectionCapBps, addresses };
}

/** A class of HTB for each address, sure of its part of the link; it may have up to the cap. */
export function shapedUplink({ goodputBps, capBps, addresses }: Uplink): string[] {
  if (!isShaped({ goodputBps, capBps, addresses })) return [];
  const filters = addresses.map(
    (address, index) =>
      `filter add dev eth0 parent 1: protocol ip u32 match ip dst ${address}/32 flowid 1:${classOf(index + 1)}`,
  );
  const queues = [...Array(addresses.length + 1).keys()].map((number) => {
    const id = classOf(number);
    return `qdisc add dev eth0 parent 1:${id} handle 1${id.padStart(3, '0')}: pfifo limit ${PORT_BUFFER_PACKETS}`;
  });
  return [
    `qdisc add dev eth0 root handle 1: htb default ${classOf(0)}`,
    ...classes('add', { goodputBps, capBps, addresses }),
    ...queues,
    ...filters,
  ];
}

/** The same where the link is shaped already, or not limited yet, or not any more. */
export function reshapedUplink(from: Uplink, to: Uplink): string[] {
  if (!isShaped(from)) return shapedUplink(to);
  return isShaped(to) ? classes('change', to) : ['qdisc del dev eth0 root'];
}

function isShaped({ goodputBps, capBps }: Uplink): boolean {
  return goodputBps < Infinity || capBps < Infinity;
}

/** Of the link, of what goes to nobody by itself, and of what goes to each address. */
function classes(verb: 'add' | 'change', { goodputBps, capBps, addresses }: Uplink): string[] {
  const linkBits = goodputBps === Infinity ? FASTEST_BITS : rateBits(goodputBps);
  const capBits = Math.min(linkBits, rateBits(capBps));
  const sureBits = Math.min(capBits, Math.floor(linkBits / (addresses.length + 1)));
  const leaf = (number: number, ceilBits: number): string =>
    `class ${verb} dev eth0 parent 1:1 classid 1:${classOf(number)} htb rate ${sureBits}bit ceil ${ceilBits}bit quantum 1514`;
  return [
    `class ${verb} dev eth0 parent 1: classid 1:1 htb rate ${linkBits}bit quantum 1514`,
    leaf(0, linkBits),
    ...addresses.map((_, index) => leaf(index + 1, capBits)),
  ];
}

/** 1:1 is the link. */
function classOf(number: number): string {
  return (number + 2).toString(16);
}
