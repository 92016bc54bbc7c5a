import { crc32 } from 'node:zlib';
import { ProtocolError } from '../../protocol-error.ts';

/** How the blocks of a partclone stream are checked. */
export interface BlockChecksum {
  /** `crc32 of first bytes`: version 0001 counts the first byte of a block as often as the block has bytes. */
  readonly kind: 'crc32' | 'crc32 of first bytes';
  /** A checksum stands behind so many blocks, and behind the last one. */
  readonly blocks: number;
  /** Whether each checksum begins anew, or goes on with all blocks before it. */
  readonly reseeds: boolean;
}

const SEED = 0xffff_ffff;

/**
 * CRC-32 as partclone keeps it: without the inversion at the end.
 * @param state what was returned for the bytes before
 */
export function partcloneCrc32(bytes: Uint8Array, state = SEED): number {
  return ~crc32(bytes, ~state >>> 0) >>> 0;
}

/** Throws a ProtocolError where a checksum is not the one that is expected. */
export function assertChecksum(found: number, expected: number, what: string): void {
  if (found !== expected)
    throw new ProtocolError(`the checksum of ${what} is ${hex(found)}, not ${hex(expected)}`);
}

/** `0x` and eight digits. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** The checksum over blocks as they come, in parts of any size. */
export class BlockChecks {
  readonly #checksum: BlockChecksum;
  readonly #repeated: Uint8Array;
  #state = SEED;

  constructor(checksum: BlockChecksum, blockBytes: number) {
    this.#checksum = checksum;
    this.#repeated = new Uint8Array(checksum.kind === 'crc32' ? 0 : blockBytes);
  }

  /** @param at of the first byte within its block
   * @param bytes that end with their block or before */
  add(at: number, bytes: Uint8Array): void {
    if (this.#checksum.kind === 'crc32') this.#state = partcloneCrc32(bytes, this.#state);
    else if (at === 0) this.#state = partcloneCrc32(this.#repeated.fill(bytes[0]!), this.#state);
  }

  /** @param blocks those that it stands behind, for the message. Throws a ProtocolError */
  end(expected: number, blocks: string): void {
    assertChecksum(this.#state, expected, blocks);
    if (this.#checksum.reseeds) this.#state = SEED;
  }
}
