import { ProtocolError } from '../../protocol-error.ts';
import { assertChecksum, BlockChecks, partcloneCrc32 } from './block-checks.ts';
import {
  decodePartcloneHeader,
  FIRST_HEADER_BYTES,
  headerBytesOf,
  type PartcloneHeader,
} from './partclone-header.ts';
import type { PartitionParser, PartitionRun } from './partition-parser.ts';
import { type BlockRun, UsedBlocks } from './used-blocks.ts';

/** Behind the map of version 1. */
const MAP_END = 'BiTmAgIc';
const CHECKSUM_BYTES = 4;

type Phase = 'header' | 'map' | 'map end' | 'blocks' | 'checksum' | 'done';

/**
 * A partclone stream of version 0001 or 0002, in parts of any size. It holds the map of used blocks and no block: what
 * it yields are views of what it is given. Every fault is a ProtocolError.
 */
export class PartcloneParser implements PartitionParser {
  readonly #partitionBytes: number;
  #phase: Phase = 'header';
  /** What has to be together before it can be read. */
  #gathered = Buffer.alloc(FIRST_HEADER_BYTES);
  #gatheredBytes = 0;
  #header: PartcloneHeader | undefined;
  #used = UsedBlocks.none(0);
  #checks: BlockChecks | undefined;
  #mapBytes = 0;
  #mapBytesRead = 0;
  #mapChecksum = partcloneCrc32(new Uint8Array(0));
  #run: BlockRun | undefined;
  /** Bytes of the run that have come. */
  #runBytes = 0;
  /** Blocks since the last checksum. */
  #unchecked = 0;
  #position = 0;
  #usedBytes: number | undefined;

  /** @param partitionBytes the file system must fit in there */
  constructor(partitionBytes: number) {
    this.#partitionBytes = partitionBytes;
  }

  get position(): number {
    return this.#position;
  }

  get usedBytes(): number | undefined {
    return this.#usedBytes;
  }

  *push(bytes: Uint8Array): Generator<PartitionRun> {
    let at = 0;
    while (at < bytes.length) {
      const rest = bytes.subarray(at);
      const { taken, run } = this.#take(rest);
      at += taken;
      this.#position += taken;
      if (run) yield run;
    }
  }

  end(): void {
    if (this.#phase === 'done') return;
    const place = this.#phase === 'blocks' ? `in block ${this.#block()}` : `in its ${this.#phase}`;
    throw new ProtocolError(`it ends ${place}`);
  }

  #take(bytes: Uint8Array): { taken: number; run?: PartitionRun } {
    if (this.#phase === 'map') return { taken: this.#takeMap(bytes) };
    if (this.#phase === 'blocks') return this.#takeBlocks(bytes);
    if (this.#phase === 'done') throw new ProtocolError('it goes on behind its last block');
    const taken = Math.min(bytes.length, this.#gathered.length - this.#gatheredBytes);
    this.#gathered.set(bytes.subarray(0, taken), this.#gatheredBytes);
    this.#gatheredBytes += taken;
    if (this.#gatheredBytes === this.#gathered.length) this.#gatheredAll();
    return { taken };
  }

  #gatheredAll(): void {
    if (this.#phase === 'header') this.#headerCame();
    else if (this.#phase === 'map end') this.#mapEndCame();
    else this.#checksumCame();
  }

  #gather(phase: Phase, bytes: number): void {
    this.#phase = phase;
    this.#gathered = Buffer.alloc(bytes);
    this.#gatheredBytes = 0;
  }

  #headerCame(): void {
    const headerBytes = headerBytesOf(this.#gathered);
    if (headerBytes > this.#gathered.length) {
      this.#gathered = Buffer.concat([this.#gathered], headerBytes);
      return;
    }
    const header = decodePartcloneHeader(this.#gathered);
    const { blocks, blockBytes, checksum, map } = header;
    // The last block may reach over the end where it is not in use.
    if ((blocks - 1) * blockBytes >= this.#partitionBytes)
      throw new ProtocolError(
        `its ${blocks} blocks of ${blockBytes} bytes are more than the partition of ${this.#partitionBytes}`,
      );
    this.#header = header;
    this.#checks = checksum && new BlockChecks(checksum, blockBytes);
    this.#mapBytes = map === 'bytes' ? blocks : Math.ceil(blocks / 8);
    this.#used = map === 'none' ? UsedBlocks.all(blocks) : UsedBlocks.none(blocks);
    if (map === 'none') this.#beginBlocks();
    else this.#phase = 'map';
  }

  #takeMap(bytes: Uint8Array): number {
    const map = bytes.subarray(0, this.#mapBytes - this.#mapBytesRead);
    if (this.#header!.map === 'bytes') this.#used.putFlags(this.#mapBytesRead, map);
    else {
      this.#used.putBits(this.#mapBytesRead, map);
      this.#mapChecksum = partcloneCrc32(map, this.#mapChecksum);
    }
    this.#mapBytesRead += map.length;
    if (this.#mapBytesRead === this.#mapBytes)
      this.#gather('map end', this.#header!.version === 1 ? MAP_END.length : CHECKSUM_BYTES);
    return map.length;
  }

  #mapEndCame(): void {
    if (this.#header!.version === 2)
      assertChecksum(this.#mapChecksum, this.#gathered.readUInt32LE(), 'its map of used blocks');
    else if (this.#gathered.toString('latin1') !== MAP_END)
      throw new ProtocolError('its map of used blocks does not end like one');
    this.#beginBlocks();
  }

  #beginBlocks(): void {
    let used = 0;
    for (const { first, blocks } of this.#used) {
      used += blocks;
      const end = (first + blocks) * this.#header!.blockBytes;
      if (end > this.#partitionBytes)
        throw new ProtocolError(
          `block ${first + blocks - 1} ends at ${end} of a partition of ${this.#partitionBytes} bytes`,
        );
    }
    this.#usedBytes = used * this.#header!.blockBytes;
    this.#nextRun(0);
  }

  #nextRun(block: number): void {
    this.#run = this.#used.runFrom(block);
    this.#runBytes = 0;
    this.#phase = this.#run ? 'blocks' : 'done';
  }

  /** As far as the run, the blocks up to the next checksum and the bytes go; version 1 counts single blocks. */
  #takeBlocks(bytes: Uint8Array): { taken: number; run: PartitionRun } {
    const { blockBytes, checksum } = this.#header!;
    const { first, blocks } = this.#run!;
    const inBlock = this.#runBytes % blockBytes;
    const untilChecksum = checksum ? (checksum.blocks - this.#unchecked) * blockBytes - inBlock : Infinity;
    const offset = first * blockBytes + this.#runBytes;
    const part = bytes.subarray(0, Math.min(blocks * blockBytes - this.#runBytes, untilChecksum));
    this.#checks?.add(inBlock, part);
    this.#runBytes += part.length;
    this.#unchecked += Math.floor((inBlock + part.length) / blockBytes);
    this.#afterBlocks();
    return { taken: part.length, run: { offset, bytes: part } };
  }

  #afterBlocks(): void {
    const { blockBytes, checksum } = this.#header!;
    const { first, blocks } = this.#run!;
    const isRunOver = this.#runBytes === blocks * blockBytes;
    const isLast = isRunOver && this.#used.runFrom(first + blocks) === undefined;
    if (checksum && this.#unchecked > 0 && (isLast || this.#unchecked === checksum.blocks))
      this.#gather('checksum', CHECKSUM_BYTES);
    else if (isRunOver) this.#nextRun(first + blocks);
  }

  #checksumCame(): void {
    const { first, blocks } = this.#run!;
    const last = this.#block() - 1;
    this.#checks!.end(this.#gathered.readUInt32LE(), `the blocks up to ${last}`);
    this.#unchecked = 0;
    this.#phase = 'blocks';
    if (last === first + blocks - 1) this.#nextRun(first + blocks);
  }

  /** The block that is being read. */
  #block(): number {
    return this.#run!.first + Math.floor(this.#runBytes / this.#header!.blockBytes);
  }
}
