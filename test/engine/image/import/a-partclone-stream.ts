import { partcloneCrc32 } from '../../../../src/engine/image/import/block-checks.ts';

/** A partclone stream of version 2 that can be wrong in any way. */
export interface AStream {
  readonly blockBytes?: number;
  readonly blocks?: number;
  /** Blocks in use. */
  readonly used?: readonly number[];
  /** Blocks for each checksum; none where it is 0. */
  readonly checked?: number;
  readonly reseeds?: boolean;
  readonly map?: number;
  readonly checksumKind?: number;
  readonly endianness?: number;
  readonly version?: string;
}

/** @returns the stream, and the bytes of the partition that it stands for */
export function aPartcloneStream(wishes: AStream = {}): { stream: Buffer; partition: Buffer } {
  const { blockBytes = 512, blocks = 40, used = [0, 1, 5, 17, 18, 39], checked = 4, reseeds = true } = wishes;
  const header = Buffer.alloc(110);
  header.write('partclone-image', 0);
  header.write('0.3.23', 16);
  header.write(wishes.version ?? '0002', 30);
  header.writeUInt16LE(wishes.endianness ?? 0xc0de, 34);
  header.write('EXTFS', 36);
  header.writeBigUInt64LE(BigInt(blocks) * BigInt(blockBytes), 52);
  header.writeBigUInt64LE(BigInt(blocks), 60);
  header.writeBigUInt64LE(BigInt(used.length), 68);
  header.writeBigUInt64LE(BigInt(used.length), 76);
  header.writeUInt32LE(blockBytes, 84);
  header.writeUInt32LE(18, 88);
  header.writeUInt16LE(2, 92);
  header.writeUInt16LE(64, 94);
  header.writeUInt16LE(wishes.checksumKind ?? (checked > 0 ? 0x20 : 0), 96);
  header.writeUInt16LE(checked > 0 ? 4 : 0, 98);
  header.writeUInt32LE(checked, 100);
  header.writeUInt8(Number(reseeds), 104);
  header.writeUInt8(wishes.map ?? 1, 105);
  header.writeUInt32LE(partcloneCrc32(header.subarray(0, 106)), 106);
  return withBlocks(header, { blockBytes, blocks: Math.min(blocks, 10_000), used, checked, reseeds });
}

function withBlocks(
  header: Buffer,
  setup: Required<Pick<AStream, 'blockBytes' | 'blocks' | 'used' | 'checked' | 'reseeds'>>,
) {
  const { blockBytes, blocks, used, checked, reseeds } = setup;
  const map = Buffer.alloc(Math.ceil(blocks / 8));
  for (const block of used) map[block >> 3]! |= 1 << (block & 7);
  const parts: Uint8Array[] = [header, map, word(partcloneCrc32(map))];
  const partition = Buffer.alloc(blocks * blockBytes);
  let checksum = partcloneCrc32(new Uint8Array(0));
  used.forEach((block, place) => {
    const bytes = Buffer.alloc(blockBytes, `block ${block};`);
    bytes.copy(partition, block * blockBytes);
    parts.push(bytes);
    if (checked === 0) return;
    checksum = partcloneCrc32(bytes, checksum);
    if ((place + 1) % checked !== 0 && place !== used.length - 1) return;
    parts.push(word(checksum));
    if (reseeds) checksum = partcloneCrc32(new Uint8Array(0));
  });
  return { stream: Buffer.concat(parts), partition };
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
