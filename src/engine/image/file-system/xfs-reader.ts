import { ProtocolError } from '../../protocol-error.ts';
import { type ByteRange, bytesOfRanges } from '../disk/byte-ranges.ts';
import { assertWithin, type Volume } from '../disk/volume.ts';
import { type FileSystem, labelled, uuidText } from './file-system.ts';
import { SpreadVolumeError } from './spread-volume-error.ts';
import { isXfsLogClosed } from './xfs-log.ts';

const VERSION_5 = 5;
/** A repair was begun and not ended (XFS_SB_FEAT_INCOMPAT_NEEDSREPAIR). */
const NEEDS_REPAIR = 0x10;
/** Everything up to METADIR that leaves free extents what they are; not among them: zoned devices. Of newer ones nobody can say. */
const KNOWN_INCOMPAT = 0x1ff;

/** XFS: each allocation group has a tree of its free extents by place (kernel: fs/xfs/libxfs/xfs_format.h). */
export async function readXfs(volume: Volume): Promise<FileSystem | null> {
  if (volume.bytes < 512) return null;
  const superblock = await volume.read(0, 512);
  if (superblock.toString('latin1', 0, 4) !== 'XFSB') return null;
  const incompat = incompatOf(superblock);
  const layout = xfsLayoutOf(superblock);
  assertWithin(volume, 0, layout.blocks * layout.blockBytes);
  const used: ByteRange[] = [];
  for (let group = 0; group < layout.groups; group++)
    for (const range of await usedOfGroup(volume, layout, group)) used.push(range);
  const unclean = await uncleanReason(volume, layout, incompat);
  return {
    name: 'xfs',
    uuid: uuidText(superblock.subarray(32, 48)),
    ...labelled(superblock.toString('utf8', 108, 120)),
    used,
    ...(unclean !== null && { unclean }),
  };
}

/** Features that a reader has to know; version 4 has no field for them. Throws a ProtocolError where it does not know one. */
function incompatOf(superblock: Buffer): number {
  const incompat = (superblock.readUInt16BE(100) & 0xf) === VERSION_5 ? superblock.readUInt32BE(216) : 0;
  const unknown = (incompat & ~KNOWN_INCOMPAT) >>> 0;
  if (unknown !== 0)
    throw new ProtocolError(`it has features that are not known (0x${unknown.toString(16)})`);
  if (superblock.readBigUInt64BE(16) !== 0n)
    throw new SpreadVolumeError(
      'its real-time files are on another volume, or in a part that cannot be read',
    );
  return incompat;
}

async function uncleanReason(
  volume: Volume,
  { logOffset, logBytes }: XfsLayout,
  incompat: number,
): Promise<string | null> {
  if ((incompat & NEEDS_REPAIR) !== 0) return 'it was not repaired to the end: run `xfs_repair` on it';
  if (await isXfsLogClosed(volume, logOffset, logBytes)) return null;
  return 'it was not unmounted in order: mount and unmount it';
}

interface XfsLayout {
  readonly blocks: number;
  readonly blockBytes: number;
  readonly sectorBytes: number;
  readonly groups: number;
  readonly groupBlocks: number;
  readonly logOffset: number;
  readonly logBytes: number;
}

function xfsLayoutOf(superblock: Buffer): XfsLayout {
  const blockBytes = superblock.readUInt32BE(4);
  const groupBlocks = superblock.readUInt32BE(84);
  const layout = {
    blocks: Number(superblock.readBigUInt64BE(8)),
    blockBytes,
    sectorBytes: superblock.readUInt16BE(102),
    groups: superblock.readUInt32BE(88),
    groupBlocks,
  };
  const isSound =
    [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].includes(blockBytes) &&
    [512, 1024, 2048, 4096].includes(layout.sectorBytes) &&
    // As few as a group may have, in bytes.
    groupBlocks * blockBytes >= 2 ** 20 &&
    layout.groups === Math.ceil(layout.blocks / groupBlocks);
  if (!isSound) throw new ProtocolError('its superblock contradicts itself');
  return { ...layout, ...logOf(superblock, layout) };
}

/** The place of the log: number of the group and block within it share one number. */
function logOf(
  superblock: Buffer,
  { groupBlocks, blockBytes }: Pick<XfsLayout, 'groupBlocks' | 'blockBytes'>,
) {
  const start = superblock.readBigUInt64BE(48);
  if (start === 0n) throw new SpreadVolumeError('its log is on another volume');
  const bits = BigInt(superblock[124]!);
  const block = Number(start >> bits) * groupBlocks + Number(start & ((1n << bits) - 1n));
  return { logOffset: block * blockBytes, logBytes: superblock.readUInt32BE(96) * blockBytes };
}

async function usedOfGroup(volume: Volume, layout: XfsLayout, group: number): Promise<ByteRange[]> {
  const { blockBytes, sectorBytes, groupBlocks, blocks } = layout;
  const base = group * groupBlocks * blockBytes;
  const header = await volume.read(base + sectorBytes, sectorBytes);
  if (header.toString('latin1', 0, 4) !== 'XAGF') throw new ProtocolError(`its group ${group} has no header`);
  const end = base + Math.min(groupBlocks, blocks - group * groupBlocks) * blockBytes;
  const root = { volume, base, blockBytes, block: header.readUInt32BE(16), levels: header.readUInt32BE(28) };
  const used: ByteRange[] = [];
  let at = base;
  for await (const free of freeExtentsOf(root)) {
    if (free.start < at || free.end > end)
      throw new ProtocolError(`its group ${group} has free extents out of order`);
    used.push({ start: at, end: free.start });
    at = free.end;
  }
  used.push({ start: at, end });
  const freeBytes = end - base - bytesOfRanges(used);
  if (freeBytes !== header.readUInt32BE(52) * blockBytes)
    throw new ProtocolError(
      `its group ${group} has not as many free blocks as it says; run \`xfs_repair\` on it`,
    );
  return used;
}

interface FreeTree {
  readonly volume: Volume;
  /** Where the group begins. */
  readonly base: number;
  readonly blockBytes: number;
  readonly block: number;
  readonly levels: number;
}

/** Goes down to the leftmost leaf and then from each to its neighbour on the right. */
async function* freeExtentsOf({
  volume,
  base,
  blockBytes,
  block,
  levels,
}: FreeTree): AsyncGenerator<ByteRange> {
  const read = (number: number) => volume.read(base + number * blockBytes, blockBytes);
  let node = nodeOf(await read(block));
  for (let level = levels - 1; level > 0; level--) {
    if (node.level !== level) throw new ProtocolError('its tree of free extents is damaged');
    node = nodeOf(await read(firstChildOf(node)));
  }
  for (let leaves = 0; ; leaves++) {
    if (node.level !== 0 || leaves * blockBytes > volume.bytes)
      throw new ProtocolError('its tree of free extents is damaged');
    for (let record = 0; record < node.records; record++) {
      const at = node.headerBytes + record * 8;
      const start = base + node.bytes.readUInt32BE(at) * blockBytes;
      yield { start, end: start + node.bytes.readUInt32BE(at + 4) * blockBytes };
    }
    if (node.right === NO_BLOCK) return;
    node = nodeOf(await read(node.right));
  }
}

const NO_BLOCK = 0xffff_ffff;

interface TreeNode {
  readonly bytes: Buffer;
  readonly headerBytes: number;
  readonly level: number;
  readonly records: number;
  readonly right: number;
}

/** `ABTB` is the tree of version 4, `AB3B` that of version 5 with checksums in a longer header. */
function nodeOf(bytes: Buffer): TreeNode {
  const headerBytes = { ABTB: 16, AB3B: 56 }[bytes.toString('latin1', 0, 4)];
  const records = bytes.readUInt16BE(6);
  if (headerBytes === undefined || headerBytes + records * 8 > bytes.length)
    throw new ProtocolError('its tree of free extents is damaged');
  return { bytes, headerBytes, level: bytes.readUInt16BE(4), records, right: bytes.readUInt32BE(12) };
}

/** Keys of 8 bytes come first, as many as there is room for, then blocks of 4 bytes. */
function firstChildOf({ bytes, headerBytes }: TreeNode): number {
  const room = Math.floor((bytes.length - headerBytes) / 12);
  return bytes.readUInt32BE(headerBytes + room * 8);
}
