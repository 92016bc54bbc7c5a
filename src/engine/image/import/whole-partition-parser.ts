import { ProtocolError } from '../../protocol-error.ts';
import type { PartitionParser, PartitionRun } from './partition-parser.ts';

/** A partition byte by byte, as dd copies it. */
export class WholePartitionParser implements PartitionParser {
  readonly usedBytes: number;
  #position = 0;

  constructor(partitionBytes: number) {
    this.usedBytes = partitionBytes;
  }

  get position(): number {
    return this.#position;
  }

  *push(bytes: Uint8Array): Generator<PartitionRun> {
    const offset = this.#position;
    this.#position += bytes.length;
    if (this.#position > this.usedBytes)
      throw new ProtocolError(`it goes on behind the ${this.usedBytes} bytes of the partition`);
    yield { offset, bytes };
  }

  end(): void {
    if (this.#position < this.usedBytes)
      throw new ProtocolError(
        `it ends after ${this.#position} of the ${this.usedBytes} bytes of the partition`,
      );
  }
}
