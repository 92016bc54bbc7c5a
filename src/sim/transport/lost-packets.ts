import { type DeploymentModel, pieceCountOf } from '../deployment-model.ts';

/** What is sent and what is asked for again. */
interface Units {
  /** Payload of a packet, which is lost as a whole. */
  readonly packetBytes: number;
  /** What of a piece can be asked for by itself. */
  readonly blockBytes: number;
}

/**
 * What a machine lacks of each piece [byte] that lost these packets: all blocks in which one of them lay.
 * @param lost packets from 0 up, in order
 */
export function lackingBytes(
  model: DeploymentModel,
  lost: Int32Array,
  { packetBytes, blockBytes }: Units,
): Float64Array {
  const { wireBytes, pieceBytes } = model;
  const lacking = new Float64Array(pieceCountOf(model));
  /** Where the last block ends that is counted already: a block may have lost several packets. */
  let countedTo = 0;
  for (const packet of lost) {
    const end = Math.min(wireBytes, (packet + 1) * packetBytes);
    for (let at = Math.max(countedTo, packet * packetBytes); at < end; at = countedTo) {
      const piece = Math.floor(at / pieceBytes);
      const pieceStart = piece * pieceBytes;
      const blockStart = pieceStart + Math.floor((at - pieceStart) / blockBytes) * blockBytes;
      countedTo = Math.min(blockStart + blockBytes, pieceStart + pieceBytes, wireBytes);
      lacking[piece]! += countedTo - blockStart;
    }
  }
  return lacking;
}
