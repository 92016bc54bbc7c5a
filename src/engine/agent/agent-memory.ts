/** What an agent may use for the image, in bytes; the swarm client has pieces of its own. */
export interface AgentMemory {
  /** Chunks that are decoded and written at a time. */
  readonly decodingBytes: number;
  /** Parts of chunks that wait for other parts; what is more waits on the disk. */
  readonly fragmentBytes: number;
  /** Wire forms that were made again from the disk, for peers. */
  readonly wireFormBytes: number;
  /** Bytes that may be written before the disk is flushed: as much a power cut may cost. */
  readonly unflushedBytes: number;
}

const MIB = 2 ** 20;

/** For a machine with 1 GiB: all together less than 50 MiB. */
export const DEFAULT_MEMORY: AgentMemory = {
  decodingBytes: 16 * MIB,
  fragmentBytes: 8 * MIB,
  wireFormBytes: 16 * MIB,
  unflushedBytes: 32 * MIB,
};
