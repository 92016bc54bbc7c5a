import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { SpreadVolumeError } from './spread-volume-error.ts';

export const MAGIC = 0xef53;

/** Feature flags (kernel: fs/ext4/ext4.h). */
const COMPAT = { HAS_JOURNAL: 0x4, SPARSE_SUPER2: 0x200 } as const;
const INCOMPAT = { RECOVER: 0x4, JOURNAL_DEV: 0x8, META_BG: 0x10, BIT64: 0x80 } as const;
const RO_COMPAT = { SPARSE_SUPER: 0x1, GDT_CSUM: 0x10, BIGALLOC: 0x200, METADATA_CSUM: 0x400 } as const;
/** Everything up to casefold that leaves the bitmaps where they are; of anything newer nobody can say. */
const KNOWN_INCOMPAT = 0x3f7d7;
/** What ext3 knows; with more it is ext4. */
const EXT3_INCOMPAT = 0x16;
const EXT3_RO_COMPAT = 0x7;
const STATE = { VALID: 0x1, ERROR: 0x2 } as const;

/** Where things stand on an ext2, ext3 or ext4 volume. */
export interface ExtLayout {
  readonly name: 'ext2' | 'ext3' | 'ext4';
  readonly blocks: number;
  readonly blockBytes: number;
  /** What a bit of a bitmap stands for: a block, or several. */
  readonly clusterBytes: number;
  readonly groups: number;
  readonly descriptorBytes: number;
  readonly inodeBytes: number;
  readonly inodeTableBlocks: number;
  readonly hasGroupChecksums: boolean;
  /** Its journal has to be replayed, or it has errors. */
  readonly isUnclean: boolean;
  /** Bytes of the volume that a group covers. */
  groupRange(this: void, group: number): ByteRange;
  /** Blocks at the start of a group with copies of superblock and descriptors. */
  headBlocks(group: number): number;
  /** Block that holds the so-manieth block of descriptors. */
  descriptorBlock(index: number): number;
}

/** Throws a ProtocolError where the superblock contradicts itself or has a feature that is not known. */
export function extLayoutOf(superblock: Buffer): ExtLayout {
  const [compat, incompat, roCompat] = [92, 96, 100].map((at) => superblock.readUInt32LE(at)) as [
    number,
    number,
    number,
  ];
  assertKnown(incompat);
  // The inode of the journal (s_journal_inum) is 0 where s_journal_dev names a device.
  if ((compat & COMPAT.HAS_JOURNAL) !== 0 && superblock.readUInt32LE(224) === 0)
    throw new SpreadVolumeError('its journal is on another volume');
  const geometry = geometryOf(superblock, incompat, roCompat);
  const { blocks, blockBytes, blocksPerGroup, firstBlock, descriptorBytes, firstMetaGroup } = geometry;
  const groups = Math.ceil((blocks - firstBlock) / blocksPerGroup);
  const perBlock = blockBytes / descriptorBytes;
  const hasSuper = superblockCopies(superblock, compat, roCompat);
  const oldDescriptorBlocks = Math.min(firstMetaGroup, Math.ceil(groups / perBlock));
  const reserved = superblock.readUInt16LE(206);
  const state = superblock.readUInt16LE(58);
  return {
    ...geometry,
    name: nameOf(compat, incompat, roCompat),
    groups,
    hasGroupChecksums: (roCompat & (RO_COMPAT.GDT_CSUM | RO_COMPAT.METADATA_CSUM)) !== 0,
    isUnclean: (incompat & INCOMPAT.RECOVER) !== 0 || (state & (STATE.VALID | STATE.ERROR)) !== STATE.VALID,
    groupRange: (group) => ({
      start: (firstBlock + group * blocksPerGroup) * blockBytes,
      end: Math.min(firstBlock + (group + 1) * blocksPerGroup, blocks) * blockBytes,
    }),
    headBlocks: (group) => {
      const own = hasSuper(group) ? 1 : 0;
      const metaGroup = Math.floor(group / perBlock);
      if (metaGroup < firstMetaGroup) return own * (1 + oldDescriptorBlocks + reserved);
      return own + ([0, 1, perBlock - 1].includes(group % perBlock) ? 1 : 0);
    },
    descriptorBlock: (index) => {
      // With blocks of 1 KiB the first is the boot sector's, whether it is counted (clusters of blocks: it is not) or not.
      const superblockBlock = Math.floor(1024 / blockBytes);
      if (index < firstMetaGroup) return superblockBlock + 1 + index;
      const group = index * perBlock;
      if (group === 0) return superblockBlock + 1;
      return firstBlock + group * blocksPerGroup + (hasSuper(group) ? 1 : 0);
    },
  };
}

function assertKnown(incompat: number): void {
  if ((incompat & INCOMPAT.JOURNAL_DEV) !== 0)
    throw new SpreadVolumeError('it is the journal of another volume');
  const unknown = incompat & ~KNOWN_INCOMPAT;
  if (unknown !== 0)
    throw new ProtocolError(`it has features that are not known (0x${unknown.toString(16)})`);
}

function geometryOf(superblock: Buffer, incompat: number, roCompat: number) {
  const is64 = (incompat & INCOMPAT.BIT64) !== 0;
  const blockBytes = 1024 * 2 ** Math.min(superblock.readUInt32LE(24), 16);
  const clusterBytes =
    (roCompat & RO_COMPAT.BIGALLOC) === 0
      ? blockBytes
      : 1024 * 2 ** Math.min(superblock.readUInt32LE(28), 30);
  // Revision 0 has no field for it.
  const inodeBytes = superblock.readUInt32LE(76) === 0 ? 128 : superblock.readUInt16LE(88);
  const geometry = {
    blocks: superblock.readUInt32LE(4) + (is64 ? superblock.readUInt32LE(336) * 2 ** 32 : 0),
    blockBytes,
    clusterBytes,
    blocksPerGroup: superblock.readUInt32LE(32),
    firstBlock: superblock.readUInt32LE(20),
    descriptorBytes: is64 ? superblock.readUInt16LE(254) : 32,
    firstMetaGroup: (incompat & INCOMPAT.META_BG) === 0 ? Infinity : superblock.readUInt32LE(260),
    inodeBytes,
    inodeTableBlocks: Math.ceil((superblock.readUInt32LE(40) * inodeBytes) / blockBytes),
  };
  const isSound =
    blockBytes <= 65_536 &&
    clusterBytes >= blockBytes &&
    geometry.blocks > geometry.firstBlock &&
    geometry.firstBlock <= 1 &&
    [32, 64, 128, 256, 512, 1024].includes(geometry.descriptorBytes) &&
    // As few as mke2fs makes.
    geometry.blocksPerGroup >= 256 &&
    (geometry.blocksPerGroup * blockBytes) % clusterBytes === 0 &&
    // A bitmap is one block.
    (geometry.blocksPerGroup * blockBytes) / clusterBytes <= 8 * blockBytes;
  if (isSound) return geometry;
  throw new ProtocolError('its superblock contradicts itself');
}

function superblockCopies(superblock: Buffer, compat: number, roCompat: number): (group: number) => boolean {
  if ((compat & COMPAT.SPARSE_SUPER2) !== 0) {
    const backups = [superblock.readUInt32LE(588), superblock.readUInt32LE(592)];
    return (group) => group === 0 || backups.includes(group);
  }
  if ((roCompat & RO_COMPAT.SPARSE_SUPER) === 0) return () => true;
  return (group) => group <= 1 || [3, 5, 7].some((base) => isPowerOf(base, group));
}

function isPowerOf(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}

function nameOf(compat: number, incompat: number, roCompat: number): ExtLayout['name'] {
  if ((incompat & ~EXT3_INCOMPAT) !== 0 || (roCompat & ~EXT3_RO_COMPAT) !== 0) return 'ext4';
  return (compat & COMPAT.HAS_JOURNAL) === 0 ? 'ext2' : 'ext3';
}
