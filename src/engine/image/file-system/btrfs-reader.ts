import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { assertWithin, type Volume } from '../disk/volume.ts';
import { BtrfsChunks } from './btrfs-chunks.ts';
import { type FileSystem, labelled, uuidText } from './file-system.ts';
import { SpreadVolumeError } from './spread-volume-error.ts';

const SUPERBLOCK_BYTES = 4096;
/** Nothing but the first superblock is there of the file system; GRUB puts the rest of its core there (btrfs(5), BOOTLOADER SUPPORT). */
const RESERVED_BYTES = 2 ** 20;
/** The first is what counts; the others exist where the volume is large enough. */
const SUPERBLOCK_OFFSETS = [2 ** 16, 2 ** 26, 2 ** 38] as const;
/** Everything that leaves extent tree and chunks what they are; not among them: zoned, a second extent tree, stripe trees. */
const KNOWN_INCOMPAT = 0x10fffn;
/** Types of keys, and the number of the tree of extents. */
const ITEM = { ROOT: 132, EXTENT: 168, METADATA: 169, CHUNK: 228 } as const;
const EXTENT_TREE = 2;
const NODE_HEADER_BYTES = 101;
const DEEPEST_LEVEL = 7;

/** Btrfs on one device: the tree of extents says what is in use (kernel: include/uapi/linux/btrfs_tree.h). */
export async function readBtrfs(volume: Volume): Promise<FileSystem | null> {
  const [offset] = SUPERBLOCK_OFFSETS;
  if (volume.bytes < offset + SUPERBLOCK_BYTES) return null;
  const superblock = await volume.read(offset, SUPERBLOCK_BYTES);
  if (superblock.toString('latin1', 64, 72) !== '_BHRfS_M') return null;
  assertKnown(superblock);
  assertWithin(volume, 0, Number(superblock.readBigUInt64LE(112)));
  const hasLog = superblock.readBigUInt64LE(96) !== 0n;
  return {
    name: 'btrfs',
    uuid: uuidText(superblock.subarray(32, 48)),
    ...labelled(superblock.toString('utf8', 299, 555)),
    used: [...reservedRanges(volume), ...(await usedExtents(volume, superblock))],
    ...(hasLog && { unclean: 'it was not unmounted in order: mount and unmount it' }),
  };
}

function assertKnown(superblock: Buffer): void {
  if (superblock.readBigUInt64LE(136) !== 1n)
    throw new SpreadVolumeError('it is spread over several devices');
  const unknown = superblock.readBigUInt64LE(188) & ~KNOWN_INCOMPAT;
  if (unknown !== 0n)
    throw new ProtocolError(`it has features that are not known (0x${unknown.toString(16)})`);
  const nodeBytes = superblock.readUInt32LE(148);
  if (![4096, 8192, 16_384, 32_768, 65_536].includes(nodeBytes))
    throw new ProtocolError('its superblock contradicts itself');
}

/** What no extent names: superblocks, and what belongs to boot loaders around the first. */
function reservedRanges(volume: Volume): ByteRange[] {
  const copies = SUPERBLOCK_OFFSETS.map((start) => ({ start, end: start + SUPERBLOCK_BYTES }));
  return [
    { start: 0, end: Math.min(RESERVED_BYTES, volume.bytes) },
    ...copies.filter(({ end }) => end <= volume.bytes),
  ];
}

async function usedExtents(volume: Volume, superblock: Buffer): Promise<ByteRange[]> {
  const chunks = new BtrfsChunks(superblock.readBigUInt64LE(201));
  addSystemChunks(chunks, superblock);
  const trees: Trees = { volume, chunks, nodeBytes: superblock.readUInt32LE(148) };
  const chunkRoot = { logical: addressAt(superblock, 88), level: superblock[199]! };
  for await (const item of itemsOf(trees, chunkRoot, ITEM.CHUNK)) chunks.add(item.offset, item.value);
  const used: ByteRange[] = [];
  let bytesUsed = 0;
  for await (const { objectId, type, offset } of itemsOf(
    trees,
    await extentRootOf(trees, superblock),
    ITEM.EXTENT,
  )) {
    const bytes = type === ITEM.METADATA ? trees.nodeBytes : offset;
    used.push(...chunks.placesOf(objectId, bytes));
    bytesUsed += bytes;
  }
  if (bytesUsed !== addressAt(superblock, 120))
    throw new ProtocolError('its extents are not as many bytes as it says; run `btrfs check` on it');
  return used;
}

/** A few chunks stand in the superblock itself, so that the tree of chunks can be found. */
function addSystemChunks(chunks: BtrfsChunks, superblock: Buffer): void {
  const bytes = superblock.readUInt32LE(160);
  if (bytes > 2048) throw new ProtocolError('its superblock contradicts itself');
  const array = superblock.subarray(811, 811 + bytes);
  for (let at = 0; at + 17 < array.length; )
    at += 17 + chunks.add(addressAt(array, at + 9), array.subarray(at + 17));
}

async function extentRootOf(trees: Trees, superblock: Buffer): Promise<TreeRoot> {
  const root = { logical: addressAt(superblock, 80), level: superblock[198]! };
  for await (const { objectId, value } of itemsOf(trees, root, ITEM.ROOT)) {
    if (objectId === EXTENT_TREE && value.length >= 239)
      return { logical: addressAt(value, 176), level: value[238]! };
  }
  throw new ProtocolError('it has no tree of extents');
}

interface Trees {
  readonly volume: Volume;
  readonly chunks: BtrfsChunks;
  readonly nodeBytes: number;
}

interface TreeRoot {
  readonly logical: number;
  readonly level: number;
}

interface Item {
  readonly objectId: number;
  readonly type: number;
  /** The third part of the key. */
  readonly offset: number;
  readonly value: Buffer;
}

/** Items of a type, in order; of extents both kinds. */
async function* itemsOf(trees: Trees, { logical, level }: TreeRoot, type: number): AsyncGenerator<Item> {
  const [place] = trees.chunks.placesOf(logical, trees.nodeBytes);
  const node = await trees.volume.read(place!.start, trees.nodeBytes);
  const count = node.readUInt32LE(96);
  const stride = level === 0 ? 25 : 33;
  if (
    addressAt(node, 48) !== logical ||
    node[100] !== level ||
    level > DEEPEST_LEVEL ||
    NODE_HEADER_BYTES + count * stride > node.length
  )
    throw new ProtocolError(`its node at the logical address ${logical} is damaged`);
  for (let index = 0; index < count; index++) {
    const at = NODE_HEADER_BYTES + index * stride;
    if (level > 0) yield* itemsOf(trees, { logical: addressAt(node, at + 17), level: level - 1 }, type);
    else if (node[at + 8] === type || (type === ITEM.EXTENT && node[at + 8] === ITEM.METADATA))
      yield itemOf(node, at);
  }
}

function itemOf(node: Buffer, at: number): Item {
  const start = NODE_HEADER_BYTES + node.readUInt32LE(at + 17);
  const value = node.subarray(start, start + node.readUInt32LE(at + 21));
  return {
    objectId: Number(node.readBigUInt64LE(at)),
    type: node[at + 8]!,
    offset: Number(node.readBigUInt64LE(at + 9)),
    value,
  };
}

function addressAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
