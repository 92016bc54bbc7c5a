import { ProtocolError } from '../../protocol-error.ts';
import { assertChecksum, type BlockChecksum, hex, partcloneCrc32 } from './block-checks.ts';

/** What a partclone stream says of itself. */
export interface PartcloneHeader {
  readonly version: 1 | 2;
  /** As partclone names it: `EXTFS`, `NTFS`, `FAT`, `raw`. */
  readonly fileSystem: string;
  readonly blockBytes: number;
  /** Of the file system, used or not. */
  readonly blocks: number;
  /** `bits`: lowest bit first; `bytes`: 0 or 1 a block; `none`: all blocks are used. */
  readonly map: 'bits' | 'bytes' | 'none';
  readonly checksum: BlockChecksum | undefined;
}

/** Facts of the format: partclone's IMAGE_FORMATS.md, and src/partclone.c of 0.3.23 for what that leaves out. */
const MAGIC = 'partclone-image';
/** So many bytes tell whether a stream is one of partclone. */
export const MAGIC_BYTES = MAGIC.length;
const VERSION_OFFSET = 30;
/** Version 2 is known by its first bytes, and version 1 is longer. */
export const FIRST_HEADER_BYTES = 110;
const V1_HEADER_BYTES = 4160;
const LITTLE_ENDIAN = 0xc0de;
/** checksum_mode_enum of src/checksum.h: IMAGE_FORMATS.md names it 1, the files have 0x20. */
const CRC32 = 0x20;
/** Sectors of 512 bytes are blocks of FAT; clusters of NTFS have 2 MiB at most. */
const LEAST_BLOCK_BYTES = 512;
const MOST_BLOCK_BYTES = 64 * 2 ** 20;
/** The map is in memory as bits: 256 MiB of it stand for 8 TiB in blocks of 4 KiB. */
const MOST_BLOCKS = 2 ** 31;

/** Whether a stream that begins with these bytes, 15 or more, is one of partclone. */
export function isPartclone(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** @param bytes the first 110 of the stream
 * @returns bytes of the whole header. Throws a ProtocolError where it is none that is known */
export function headerBytesOf(bytes: Uint8Array): number {
  if (!isPartclone(bytes)) throw new ProtocolError('it does not begin like a partclone image');
  const version = textAt(bytes, VERSION_OFFSET, 4);
  if (version === '0001') return V1_HEADER_BYTES;
  if (version === '0002') return FIRST_HEADER_BYTES;
  throw new ProtocolError(`it is of version ${JSON.stringify(version)}; known are 0001 and 0002`);
}

/** @param bytes just the header. Throws a ProtocolError that names the field at fault */
export function decodePartcloneHeader(bytes: Uint8Array): PartcloneHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = headerBytesOf(buffer) === V1_HEADER_BYTES ? headerOfV1(buffer) : headerOfV2(buffer);
  const { blockBytes, blocks, checksum } = header;
  if (blockBytes < LEAST_BLOCK_BYTES || blockBytes > MOST_BLOCK_BYTES || blockBytes % LEAST_BLOCK_BYTES !== 0)
    throw new ProtocolError(`it has blocks of ${blockBytes} bytes`);
  if (blocks === 0 || blocks > MOST_BLOCKS)
    throw new ProtocolError(`it has ${blocks} blocks; from 1 to ${MOST_BLOCKS} are taken`);
  if (checksum?.blocks === 0) throw new ProtocolError('it has a checksum for every 0 blocks');
  return header;
}

/** The block size stands behind 2 bytes of padding; the 4,096 bytes at the end mean nothing. */
function headerOfV1(header: Buffer): PartcloneHeader {
  return {
    version: 1,
    fileSystem: textAt(header, 15, 15),
    blockBytes: header.readUInt32LE(36),
    blocks: blocksAt(header, 48),
    map: 'bytes',
    checksum: { kind: 'crc32 of first bytes', blocks: 1, reseeds: false },
  };
}

function headerOfV2(header: Buffer): PartcloneHeader {
  assertChecksum(partcloneCrc32(header.subarray(0, 106)), header.readUInt32LE(106), 'its header');
  if (header.readUInt16LE(34) !== LITTLE_ENDIAN)
    throw new ProtocolError('it was made on a computer that counts from the other end of a word');
  const reseeds = header.readUInt8(104) !== 0;
  return {
    version: 2,
    fileSystem: textAt(header, 36, 16),
    blockBytes: header.readUInt32LE(84),
    blocks: blocksAt(header, 60),
    map: mapOf(header.readUInt8(105)),
    checksum: checksumOf(header, reseeds),
  };
}

function checksumOf(header: Buffer, reseeds: boolean): BlockChecksum | undefined {
  const mode = header.readUInt16LE(96);
  const bytes = header.readUInt16LE(98);
  if (mode === 0) return undefined;
  if (mode === CRC32 && bytes === 4) return { kind: 'crc32', blocks: header.readUInt32LE(100), reseeds };
  throw new ProtocolError(
    `its blocks have checksums of kind ${hex(mode)} with ${bytes} bytes; known are none and CRC32`,
  );
}

/** partclone's bitmap_mode_t: 0 none, 1 a bit for a block; 8, a byte for a block, is never written in version 2. */
function mapOf(mode: number): PartcloneHeader['map'] {
  if (mode === 0) return 'none';
  if (mode === 1) return 'bits';
  throw new ProtocolError(`its map of used blocks is of kind ${mode}`);
}

function blocksAt(header: Buffer, at: number): number {
  const blocks = header.readBigUInt64LE(at);
  if (blocks > BigInt(MOST_BLOCKS))
    throw new ProtocolError(`it has ${blocks} blocks; from 1 to ${MOST_BLOCKS} are taken`);
  return Number(blocks);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length))
    .toString('latin1')
    .replace(/\0.*$/s, '');
}
