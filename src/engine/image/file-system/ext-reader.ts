import { ProtocolError } from '../../protocol-error.ts';
import {
  type ByteRange,
  bytesOfRanges,
  mergedRanges,
  rangesBefore,
  rangesWithout,
} from '../disk/byte-ranges.ts';
import { assertWithin, type Volume } from '../disk/volume.ts';
import { type ExtLayout, extLayoutOf, MAGIC } from './ext-layout.ts';
import { type FileSystem, labelled, uuidText } from './file-system.ts';
import { SetBits } from './set-bits.ts';

const SUPERBLOCK_OFFSET = 1024;
const SUPERBLOCK_BYTES = 1024;
/** Of a group: its bitmap was never written, nothing but its own tables is in use; its unused inodes are zeros. */
const FLAG = { BLOCK_UNINIT: 0x2, INODE_ZEROED: 0x4 } as const;

/** ext2, ext3 and ext4: a bitmap for every group of blocks (kernel: Documentation/filesystems/ext4). */
export async function readExt(volume: Volume): Promise<FileSystem | null> {
  if (volume.bytes < SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES) return null;
  const superblock = await volume.read(SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES);
  if (superblock.readUInt16LE(56) !== MAGIC) return null;
  const layout = extLayoutOf(superblock);
  assertWithin(volume, 0, layout.blocks * layout.blockBytes);
  const used: ByteRange[] = [{ start: 0, end: SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES }];
  const neverWritten: ByteRange[] = [];
  for (let group = 0; group < layout.groups; group++) {
    const descriptor = await descriptorOf(volume, layout, group);
    for (const range of await usedOfGroup(volume, layout, { group, descriptor })) used.push(range);
    // They need not stand in their own group.
    neverWritten.push(neverWrittenInodes(layout, descriptor));
  }
  return {
    name: layout.name,
    uuid: uuidText(superblock.subarray(104, 120)),
    ...labelled(superblock.toString('utf8', 120, 136)),
    used: rangesBefore(
      rangesWithout(mergedRanges(used), mergedRanges(neverWritten)),
      layout.blocks * layout.blockBytes,
    ),
    ...(layout.isUnclean && {
      unclean: 'it was not unmounted in order: run `e2fsck -p` on it, or mount and unmount it',
    }),
  };
}

interface Group {
  readonly group: number;
  readonly descriptor: GroupDescriptor;
}

async function usedOfGroup(volume: Volume, layout: ExtLayout, group: Group): Promise<ByteRange[]> {
  const used = group.descriptor.isUninitialised
    ? mergedRanges(tablesOf(layout, group))
    : await usedByBitmap(volume, layout, group);
  assertCounted(layout, group, used);
  return used;
}

/**
 * mke2fs leaves it to the kernel to clear inodes that nobody uses yet. Until that is done they hold what was on the disk
 * before, and nobody reads them.
 */
function neverWrittenInodes(layout: ExtLayout, descriptor: GroupDescriptor): ByteRange {
  const { blockBytes, inodeTableBlocks, inodeBytes } = layout;
  const table = descriptor.inodeTable * blockBytes;
  const end = table + inodeTableBlocks * blockBytes;
  if (descriptor.hasClearInodes) return { start: end, end };
  return {
    start: Math.max(
      table,
      end - Math.floor((descriptor.unusedInodes * inodeBytes) / blockBytes) * blockBytes,
    ),
    end,
  };
}

interface GroupDescriptor {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  readonly freeClusters: number;
  readonly isUninitialised: boolean;
  /** Inodes at the end of the table that were never used. */
  readonly unusedInodes: number;
  /** All inodes that were never used are zeros. */
  readonly hasClearInodes: boolean;
}

async function descriptorOf(volume: Volume, layout: ExtLayout, group: number): Promise<GroupDescriptor> {
  const { blockBytes, descriptorBytes, hasGroupChecksums } = layout;
  const perBlock = blockBytes / descriptorBytes;
  const block = layout.descriptorBlock(Math.floor(group / perBlock));
  const bytes = await volume.read(block * blockBytes + (group % perBlock) * descriptorBytes, descriptorBytes);
  const isWide = descriptorBytes >= 64;
  const wide = (low: number, high: number) =>
    bytes.readUInt32LE(low) + (isWide ? bytes.readUInt32LE(high) * 2 ** 32 : 0);
  return {
    blockBitmap: wide(0, 32),
    inodeBitmap: wide(4, 36),
    inodeTable: wide(8, 40),
    freeClusters: bytes.readUInt16LE(12) + (isWide ? bytes.readUInt16LE(44) * 2 ** 16 : 0),
    isUninitialised: hasGroupChecksums && (bytes.readUInt16LE(18) & FLAG.BLOCK_UNINIT) !== 0,
    unusedInodes: bytes.readUInt16LE(28) + (isWide ? bytes.readUInt16LE(50) * 2 ** 16 : 0),
    hasClearInodes: !hasGroupChecksums || (bytes.readUInt16LE(18) & FLAG.INODE_ZEROED) !== 0,
  };
}

async function usedByBitmap(
  volume: Volume,
  layout: ExtLayout,
  { group, descriptor: { blockBitmap } }: Group,
): Promise<ByteRange[]> {
  const { blockBytes, clusterBytes } = layout;
  const { start, end } = layout.groupRange(group);
  const clusters = Math.ceil((end - start) / clusterBytes);
  const bits = new SetBits({ base: start, unitBytes: clusterBytes });
  bits.add(await volume.read(blockBitmap * blockBytes, Math.ceil(clusters / 8)), clusters);
  return bits.ranges();
}

/** The group's own copies of the superblock and the descriptors, its bitmaps and its inodes. */
function tablesOf(layout: ExtLayout, { group, descriptor }: Group): ByteRange[] {
  const { blockBytes, inodeTableBlocks } = layout;
  const { start, end } = layout.groupRange(group);
  const blocks = (first: number, count: number): ByteRange => ({
    start: first * blockBytes,
    end: (first + count) * blockBytes,
  });
  const { blockBitmap, inodeBitmap, inodeTable } = descriptor;
  return [
    { start, end: start + layout.headBlocks(group) * blockBytes },
    ...[blocks(blockBitmap, 1), blocks(inodeBitmap, 1), blocks(inodeTable, inodeTableBlocks)].filter(
      (table) => table.start >= start && table.end <= end,
    ),
  ];
}

/** What a group says is free is held against its bitmap, so that neither a damaged one nor a misread one is believed. */
function assertCounted(
  { clusterBytes, blockBytes, groupRange }: ExtLayout,
  { group, descriptor: { freeClusters } }: Group,
  used: readonly ByteRange[],
): void {
  const { start, end } = groupRange(group);
  const clusters = Math.ceil((end - start) / clusterBytes);
  const usedClusters = Math.ceil(bytesOfRanges(used) / clusterBytes);
  // Tables of a group that was never written need not fill clusters of several blocks.
  if (clusterBytes !== blockBytes || clusters - usedClusters === freeClusters) return;
  throw new ProtocolError(
    `group ${group} says that ${freeClusters} of its blocks are free, its bitmap says ${clusters - usedClusters}; run \`e2fsck -f\` on it`,
  );
}
