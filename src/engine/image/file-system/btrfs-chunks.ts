import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { SpreadVolumeError } from './spread-volume-error.ts';

/** Profiles that put a block on one device: once, or twice (BTRFS_BLOCK_GROUP_DUP). */
const RAID_PROFILES = 0x7d8;
const STRIPE_BYTES = 32;
const HEADER_BYTES = 48;

interface Chunk {
  readonly logical: number;
  readonly bytes: number;
  /** Where its copies begin on the device. */
  readonly places: readonly number[];
}

/** Where on the device logical addresses are (kernel: include/uapi/linux/btrfs_tree.h). */
export class BtrfsChunks {
  readonly #device: bigint;
  #chunks: Chunk[] = [];

  constructor(device: bigint) {
    this.#device = device;
  }

  /**
   * @param item a chunk item, perhaps with more behind it
   * @returns its length
   */
  add(logical: number, item: Buffer): number {
    const stripes = item.length < HEADER_BYTES ? 0 : item.readUInt16LE(44);
    const length = HEADER_BYTES + stripes * STRIPE_BYTES;
    if (stripes === 0 || length > item.length)
      throw new ProtocolError('one of its chunks contradicts itself');
    if ((Number(item.readBigUInt64LE(24)) & RAID_PROFILES) !== 0)
      throw new SpreadVolumeError('it is spread over several devices');
    const offsets = Array.from({ length: stripes }, (_, stripe) => HEADER_BYTES + stripe * STRIPE_BYTES);
    if (offsets.some((at) => item.readBigUInt64LE(at) !== this.#device))
      throw new SpreadVolumeError('one of its chunks is on another device');
    const places = offsets.map((at) => Number(item.readBigUInt64LE(at + 8)));
    const others = this.#chunks.filter((chunk) => chunk.logical !== logical);
    this.#chunks = [...others, { logical, bytes: Number(item.readBigUInt64LE(0)), places }];
    return length;
  }

  /** All places on the device that hold these bytes. */
  placesOf(logical: number, bytes: number): ByteRange[] {
    const chunk = this.#chunks.find(
      (one) => one.logical <= logical && logical + bytes <= one.logical + one.bytes,
    );
    if (!chunk) throw new ProtocolError(`nothing is known of its logical address ${logical}`);
    return chunk.places.map((place) => {
      const start = place + logical - chunk.logical;
      return { start, end: start + bytes };
    });
  }
}
