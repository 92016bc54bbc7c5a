import { partcloneCrc32 } from '../../../../src/engine/image/import/block-checks.ts';

/**
 * A stream of version 0001 (partclone up to 0.2) with the used blocks of one of version 0002 that has a map of bits, as
 * IMAGE_FORMATS.md describes it. The checksum is that of the old programs: it goes on from block to block, and of every
 * block it counts the first byte as often as the block has bytes.
 * @param fileSystem the bytes of the partition
 */
export function streamOfVersion1(second: Buffer, fileSystem: Buffer): Buffer {
  const blocks = Number(second.readBigUInt64LE(60));
  const blockBytes = second.readUInt32LE(84);
  const header = Buffer.alloc(4160);
  header.write('partclone-image', 0);
  header.write(second.toString('latin1', 36, 51).replaceAll('\0', ''), 15);
  header.write('0001', 30);
  header.writeUInt32LE(blockBytes, 36);
  header.writeBigUInt64LE(BigInt(blocks * blockBytes), 40);
  header.writeBigUInt64LE(BigInt(blocks), 48);
  header.writeBigUInt64LE(second.readBigUInt64LE(76), 56);
  const map = Buffer.alloc(blocks);
  const parts: Uint8Array[] = [header, map, Buffer.from('BiTmAgIc')];
  let checksum = partcloneCrc32(new Uint8Array(0));
  for (let block = 0; block < blocks; block++) {
    if (((second[110 + (block >> 3)]! >> (block & 7)) & 1) === 0) continue;
    map[block] = 1;
    const bytes = fileSystem.subarray(block * blockBytes, (block + 1) * blockBytes);
    checksum = partcloneCrc32(Buffer.alloc(blockBytes, bytes[0]!), checksum);
    const checked = Buffer.alloc(4);
    checked.writeUInt32LE(checksum);
    parts.push(bytes, checked);
  }
  return Buffer.concat(parts);
}
