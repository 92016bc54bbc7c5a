import type { DeploymentModel } from '../deployment-model.ts';
import type { FlowNetwork } from './flow-network.ts';

/** What stands behind a machine's link, as links of the network that count wire bytes; -1 for one without limit. */
export interface DiskLinks {
  readonly decode: number;
  readonly read: number;
  readonly write: number;
}

/** A machine without limits, such as the server. */
export const NO_DISK: DiskLinks = { decode: -1, read: -1, write: -1 };

/**
 * The decoder and the disk of one machine. The network counts wire bytes, both of them raw bytes: a chunk that grows
 * when it is decoded costs more of them.
 */
export function newDiskLinks(model: DeploymentModel, network: FlowNetwork): DiskLinks {
  const { disk, wireBytes, rawBytes } = model;
  const wirePerRaw = wireBytes / rawBytes;
  const decode = network.addLink(disk.decodeBps * wirePerRaw);
  const { readBps, writeBps } = randomRates(model);
  if (disk.isShared) {
    const link = network.addLink(Math.min(readBps, writeBps) * wirePerRaw);
    return { decode, read: link, write: link };
  }
  return {
    decode,
    read: network.addLink(readBps * wirePerRaw),
    write: network.addLink(writeBps * wirePerRaw),
  };
}

/**
 * Disk rates [raw byte/s] where a swarm reads and writes pieces in any order: each is one run of bytes behind one seek,
 * so that it takes its bytes over the rate and a seek. Other transports go through the disk from front to end.
 */
function randomRates({ disk, transport, pieceBytes, wireBytes, rawBytes }: DeploymentModel) {
  const { readBps, writeBps, seekS } = disk;
  if (transport.transport !== 'p2p' || seekS === 0) return { readBps, writeBps };
  const pieceRawBytes = pieceBytes * (rawBytes / wireBytes);
  const withSeeks = (rateBps: number): number => pieceRawBytes / (pieceRawBytes / rateBps + seekS);
  return { readBps: withSeeks(readBps), writeBps: withSeeks(writeBps) };
}

/** What a byte costs that is read or written from front to end, of what one costs in any order: 1 without seeks. */
export function orderedCost(model: DeploymentModel, use: 'read' | 'write'): number {
  const { disk } = model;
  const random = randomRates(model);
  const [randomBps, orderedBps] = disk.isShared
    ? [Math.min(random.readBps, random.writeBps), Math.min(disk.readBps, disk.writeBps)]
    : use === 'read'
      ? [random.readBps, disk.readBps]
      : [random.writeBps, disk.writeBps];
  return randomBps === orderedBps ? 1 : randomBps / orderedBps;
}
