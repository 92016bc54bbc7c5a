import { reject, requireNonNegative, requirePositive, requireRate, requireWhole } from './domain.ts';

/** A file on its way to one machine by TFTP. Sizes in bytes, times in seconds. */
export interface TftpTransfer {
  readonly bytes: number;
  readonly blockBytes: number;
  readonly windowBlocks: number;
  /** There and back, with the time that the client takes to answer. */
  readonly roundTripS: number;
  /** Time of the server to make a packet. */
  readonly serviceS: number;
  /** Of the slowest link between the two [byte/s]. */
  readonly rateBps: number;
}

/** Block size where none is agreed on (RFC 1350). */
const PLAIN_BLOCK_BYTES = 512;

/**
 * Packets of data: a transfer ends with one that is not full, which is empty where the file is a multiple of the block
 * (RFC 1350, section 6).
 */
export function tftpBlocks(bytes: number, blockBytes: number): number {
  return Math.floor(bytes / blockBytes) + 1;
}

/**
 * Time of one machine alone. A round trip goes by for each window; in it the first packet is made and then sent, the
 * others are made while those before them are sent. Without a window and with a server that takes no time this is
 * blocks x round trip + bytes / rate. Another block size, or a window, costs a round trip to agree on it (RFC 2347).
 */
export function tftpS(transfer: TftpTransfer): number {
  const { bytes, blockBytes, windowBlocks, roundTripS, serviceS, rateBps } = transfer;
  requirePositive({ bytes, blockBytes });
  requireWhole({ windowBlocks });
  requireNonNegative({ roundTripS, serviceS });
  requireRate({ rateBps });
  const blocks = tftpBlocks(bytes, blockBytes);
  const windows = Math.ceil(blocks / windowBlocks);
  const isAgreedOn = blockBytes !== PLAIN_BLOCK_BYTES || windowBlocks > 1;
  const firstS = Math.min(serviceS, blockBytes / rateBps);
  return (
    (isAgreedOn ? roundTripS : 0) +
    windows * (roundTripS + firstS) +
    Math.max(blocks * serviceS, bytes / rateBps)
  );
}

/** No boot storm is over sooner: the server's link, its TFTP and its DHCP are each used one byte, packet or message at a time. */
export function bootStormBoundS(storm: {
  readonly machines: number;
  /** What one machine loads. */
  readonly bytes: number;
  readonly upBps: number;
  /** Of them by TFTP: packets, and the time of each. */
  readonly packets: number;
  readonly packetS: number;
  /** Messages of a machine to the DHCP server, and the time of each. */
  readonly messages: number;
  readonly messageS: number;
}): number {
  const { machines, bytes, upBps, packets, packetS, messages, messageS } = storm;
  requireWhole({ machines });
  requireRate({ upBps });
  requireNonNegative({ bytes, packets, packetS, messages, messageS });
  return machines * Math.max(bytes / upBps, packets * packetS, messages * messageS);
}

/**
 * Mean time in line at a server that takes the same time for everybody, for requests that come at random: Pollaczek and
 * Khinchine for M/D/1.
 * @param requestsPerS mean rate of requests
 */
export function waitInLineS(requestsPerS: number, serviceS: number): number {
  requireNonNegative({ requestsPerS, serviceS });
  const load = requestsPerS * serviceS;
  if (load >= 1) reject({ requestsPerS, serviceS }, 'a product below 1: else the line grows for ever');
  return (load * serviceS) / (2 * (1 - load));
}
