import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { fleetOf } from '../fleet.ts';

/** How one sender reaches all machines at once. */
export interface Casting {
  /** Machines that the sender waits for. */
  readonly receivers: number;
  /** Goodput of the sender; Infinity for no limit. */
  readonly rateBps: number;
  /** Payload of one packet. */
  readonly packetBytes: number;
  /** How long the sender waits for a machine that does not answer: whole seconds. */
  readonly dropAfterS: number;
}

/**
 * A sender faster than a link overruns its buffer, and every packet lost is sent again to all. Its headers are shorter
 * than those of TCP, for which links are measured out: this share of the goodput is 99 % of the frames.
 */
const LINK_SHARE = 0.995;

/** The slowest of the links rules, and the sender stays just below it. */
export function castingOf(scenario: Scenario, transport: Transport, machines: number): Casting {
  const { rate, packet, dropAfter } = castSettings(scenario, transport);
  const downBps = fleetOf(scenario, machines).map(({ link }) => link.downBps);
  const linkBps = Math.min(scenario.network.server.up, ...downBps);
  const rateBps = Math.min(rate, linkBps * LINK_SHARE);
  return { receivers: machines, rateBps, packetBytes: packet, dropAfterS: dropAfter };
}

/** The settings of a transport that sends to all at once. */
export function castSettings({ transports }: Scenario, transport: Transport) {
  return transports[transport === 'clonezilla-multicast' ? transport : 'multicast']!;
}
