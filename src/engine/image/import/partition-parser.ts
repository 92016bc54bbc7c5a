/** Bytes of a partition that are in use. */
export interface PartitionRun {
  /** From the start of the partition. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads the saved form of a partition; whatever is wrong with it is a ProtocolError. */
export interface PartitionParser {
  /** Bytes that were read, for messages. */
  readonly position: number;
  /** All bytes in use; undefined until that is known. */
  readonly usedBytes: number | undefined;
  /** Runs come in ascending order; they are views of `bytes`. */
  push(bytes: Uint8Array): Generator<PartitionRun>;
  /** Throws where the stream is over too early. */
  end(): void;
}
