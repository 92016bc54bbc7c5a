import type { Station } from './topology.ts';

/** A command and what it reads from its standard input. */
export interface SetUpStep {
  readonly command: readonly string[];
  readonly input: string;
}

/** TCP payload / bytes that HTB counts: 1448 of 1514 (Ethernet 14, IPv4 20, TCP 20, time stamps 12 bytes). */
const GOODPUT_SHARE = 1448 / 1514;
/**
 * Buffer of a switch port [packet of up to 64 KiB]. It never overflows: a lab that loses packets when many send to
 * one measures congestion control instead of transports.
 */
export const PORT_BUFFER_PACKETS = 1_000;

/** Lines for a program that reads them, such as `ip` or `tc`. */
export function batch(command: readonly string[], lines: readonly string[]): SetUpStep {
  return { command: [...command, '-batch', '-'], input: `${lines.join('\n')}\n` };
}

/** Writes a setting of the kernel that each namespace has for itself. */
export function kernelSetting(namespace: string, path: string, value: number | string): SetUpStep {
  return { command: ['ip', 'netns', 'exec', namespace, 'tee', `/proc/sys/${path}`], input: String(value) };
}

/** What leaves an interface is cut into packets before, so that it counts what a cable would carry. */
export function inPackets(interfaceName: string): string {
  return `link set ${interfaceName} gso_max_segs 1`;
}

/** HTB on what leaves an interface. */
export function shaped(interfaceName: string, goodputBps: number): string[] {
  if (goodputBps === Infinity) return [];
  return [
    `qdisc add dev ${interfaceName} root handle 1: htb default 1`,
    `class add dev ${interfaceName} parent 1: classid 1:1 htb rate ${rateBits(goodputBps)}bit quantum 1514`,
    `qdisc add dev ${interfaceName} parent 1:1 handle 10: pfifo limit ${PORT_BUFFER_PACKETS}`,
  ];
}

/** The same where an interface is shaped already, or not limited yet, or not any more. */
export function reshaped(interfaceName: string, fromBps: number, toBps: number): string[] {
  if (fromBps === Infinity) return shaped(interfaceName, toBps);
  if (toBps === Infinity) return [`qdisc del dev ${interfaceName} root`];
  return [
    `class change dev ${interfaceName} parent 1: classid 1:1 htb rate ${rateBits(toBps)}bit quantum 1514`,
  ];
}

/** A link of this computer has no limit of its own: any rate above all caps will do. */
export const FASTEST_BITS = 100e9;

export function rateBits(goodputBps: number): number {
  return Math.round((goodputBps * 8) / GOODPUT_SHARE);
}

/**
 * Everybody is told everybody's hardware address. The kernel keeps one table of neighbours for all namespaces, of 1024
 * learnt entries by default: forty machines that talk to each other would fill it.
 */
export function neighbours(interfaceName: string, own: Station, stations: readonly Station[]): string[] {
  return stations
    .filter(({ mac }) => mac !== own.mac)
    .map(({ address, mac }) => `neigh add ${address} lladdr ${mac} nud permanent dev ${interfaceName}`);
}
