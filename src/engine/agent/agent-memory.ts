/** What an agent may use for the image, in bytes. */
export interface AgentMemory {
  /** Chunks that are decoded and written at a time. */
  readonly decodingBytes: number;
  /** Parts of chunks that wait for other parts; what is more waits on the disk. */
  readonly fragmentBytes: number;
  /** Wire forms that were made again from the disk, for peers. */
  readonly wireFormBytes: number;
  /** Pieces as they came, for peers: what is not there has to be made again. The swarm client holds to it. */
  readonly pieceCacheBytes: number;
  /** Bytes that may be written before the disk is flushed: as much a power cut may cost. */
  readonly unflushedBytes: number;
  /** How much heap and buffers may grow between two collections of garbage [%]. */
  readonly growthPercent: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** For a machine with 1 GiB: image and garbage take some 200 MiB, Node and the boot image the rest. */
export const LEAST_MEMORY: AgentMemory = {
  decodingBytes: 16 * MIB,
  fragmentBytes: 8 * MIB,
  wireFormBytes: 16 * MIB,
  pieceCacheBytes: 16 * MIB,
  unflushedBytes: 32 * MIB,
  growthPercent: 20,
};

/**
 * What suits a machine: of what it has beyond 1 GiB a part goes to what saves work. Twenty machines of a lab on two cores
 * with an image of 204 MiB needed 4.6 CPU-seconds each and 48 s with what is for 1 GiB, 3.0 and 35 s with what is for
 * 3 GiB, in an early version: each made a dozen wire forms again otherwise, and parked half of the pieces on its disk.
 * Today, with pieces dealt row by row, it is 1.5 and 24 s with both.
 * @param machineBytes all of its memory
 */
export function memoryFor(machineBytes: number): AgentMemory {
  const spareBytes = Math.max(0, machineBytes - GIB);
  const spare = (share: number, mostBytes: number): number =>
    Math.min(mostBytes, Math.floor(share * spareBytes));
  return {
    ...LEAST_MEMORY,
    fragmentBytes: LEAST_MEMORY.fragmentBytes + spare(1 / 32, 256 * MIB),
    pieceCacheBytes: LEAST_MEMORY.pieceCacheBytes + spare(1 / 16, 512 * MIB),
    growthPercent: Math.min(100, LEAST_MEMORY.growthPercent + Math.floor((80 * spareBytes) / GIB)),
  };
}
