import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { assertWithin, piecesOf, type Volume } from '../disk/volume.ts';
import { type FileSystem, labelled, serialText } from './file-system.ts';

/** Numbers of clusters that decide which FAT it is (Microsoft: FAT specification 1.03, "FAT Type Determination"). */
const FEWEST_CLUSTERS = { fat16: 4085, fat32: 65525 } as const;
/** Linux sets it in the boot sector while the volume is mounted (kernel: fs/fat/fat.h, FAT_STATE_DIRTY). */
const STATE_IS_DIRTY = 0x01;
/** Windows clears the first in entry 1 while it is mounted, and the second where the disk failed (FAT specification, 1.03). */
const CLEAN_BITS = { 12: 0, 16: 0xc000, 32: 0x0c00_0000 } as const;

/** FAT12, FAT16 and FAT32: a cluster is in use where its entry in the table is not zero. */
export async function readFat(volume: Volume): Promise<FileSystem | null> {
  if (volume.bytes < 512) return null;
  const boot = await volume.read(0, 512);
  if (!isFat(boot)) return null;
  const layout = fatLayoutOf(boot);
  assertWithin(volume, layout.dataOffset, layout.clusters * layout.clusterBytes);
  // FAT32 has a longer parameter block in front of serial number and label.
  const identity = layout.bitsPerEntry === 32 ? 66 : 38;
  const label = boot.toString('latin1', identity + 5, identity + 16);
  const hasIdentity = boot[identity] === 0x29;
  return {
    name: 'vfat',
    ...(hasIdentity && { uuid: serialText(boot.readUInt32LE(identity + 1)) }),
    ...labelled(!hasIdentity || label === 'NO NAME    ' ? '' : label),
    used: [{ start: 0, end: layout.dataOffset }, ...(await usedClusters(volume, layout))],
    ...((await isDirty(volume, { boot, layout })) && {
      unclean: 'it was not unmounted in order: run `fsck.fat -a` on it',
    }),
  };
}

/** Whether Linux or Windows has it mounted, or did not come to unmount it. */
async function isDirty(
  volume: Volume,
  { boot, layout }: { boot: Buffer; layout: FatLayout },
): Promise<boolean> {
  const { bitsPerEntry, tableOffset } = layout;
  if ((boot[bitsPerEntry === 32 ? 65 : 37]! & STATE_IS_DIRTY) !== 0) return true;
  const entryBytes = bitsPerEntry === 32 ? 4 : 2;
  const entry = (await volume.read(tableOffset + entryBytes, entryBytes)).readUIntLE(0, entryBytes);
  return (entry & CLEAN_BITS[bitsPerEntry]) !== CLEAN_BITS[bitsPerEntry];
}

interface FatLayout {
  readonly bitsPerEntry: 12 | 16 | 32;
  readonly tableOffset: number;
  readonly tableBytes: number;
  /** Where cluster 2, the first, begins. */
  readonly dataOffset: number;
  readonly clusterBytes: number;
  readonly clusters: number;
}

/** A jump, sound sizes, and what mkfs writes for people to read. */
function isFat(boot: Buffer): boolean {
  const names = [boot.toString('latin1', 54, 59), boot.toString('latin1', 82, 87)];
  return (
    (boot[0] === 0xeb || boot[0] === 0xe9) &&
    boot.readUInt16LE(510) === 0xaa55 &&
    [512, 1024, 2048, 4096].includes(boot.readUInt16LE(11)) &&
    boot[16]! >= 1 &&
    boot[16]! <= 2 &&
    names.some((name) => ['FAT12', 'FAT16', 'FAT32', 'FAT  '].includes(name))
  );
}

function fatLayoutOf(boot: Buffer): FatLayout {
  const sectorBytes = boot.readUInt16LE(11);
  const clusterBytes = sectorBytes * boot[13]!;
  // As Linux takes it (fat_fill_super), however few clusters there are: mkfs.fat makes small ones when it is told to.
  const isFat32 = boot.readUInt16LE(22) === 0;
  const tableSectors = boot.readUInt16LE(22) || boot.readUInt32LE(36);
  const sectors = boot.readUInt16LE(19) || boot.readUInt32LE(32);
  const reserved = boot.readUInt16LE(14);
  const rootSectors = Math.ceil((boot.readUInt16LE(17) * 32) / sectorBytes);
  const dataSector = reserved + boot[16]! * tableSectors + rootSectors;
  const clusters = Math.floor(((sectors - dataSector) * sectorBytes) / clusterBytes);
  const bitsPerEntry = isFat32 ? 32 : clusters < FEWEST_CLUSTERS.fat16 ? 12 : 16;
  const isTooLarge = !isFat32 && clusters >= FEWEST_CLUSTERS.fat32;
  const tableBytes = tableSectors * sectorBytes;
  if (!(clusters >= 1) || isTooLarge || reserved === 0 || ((clusters + 2) * bitsPerEntry) / 8 > tableBytes)
    throw new ProtocolError('its boot sector contradicts itself');
  const [tableOffset, dataOffset] = [reserved * sectorBytes, dataSector * sectorBytes];
  return { bitsPerEntry, tableOffset, tableBytes, dataOffset, clusterBytes, clusters };
}

async function usedClusters(volume: Volume, layout: FatLayout): Promise<ByteRange[]> {
  const { clusters, clusterBytes, dataOffset } = layout;
  const used: ByteRange[] = [];
  let runStart = -1;
  let entry = 0;
  const take = (isUsed: boolean) => {
    if (isUsed && runStart < 0) runStart = entry;
    if (!isUsed && runStart >= 0) {
      const place = (cluster: number) => dataOffset + (cluster - 2) * clusterBytes;
      used.push({ start: place(runStart), end: place(entry) });
      runStart = -1;
    }
    entry++;
  };
  for await (const value of entriesOf(volume, layout)) take(entry >= 2 && value !== 0);
  entry = clusters + 2;
  take(false);
  return used;
}

/** All entries; those of 12 bits share bytes, and their table has 6 KiB at most. */
async function* entriesOf(volume: Volume, layout: FatLayout): AsyncGenerator<number> {
  const { bitsPerEntry, tableOffset, clusters } = layout;
  const bytes = Math.ceil(((clusters + 2) * bitsPerEntry) / 8);
  for await (const piece of piecesOf(volume, tableOffset, bytes)) {
    if (bitsPerEntry === 12) yield* entriesOf12Bits(piece, clusters + 2);
    if (bitsPerEntry === 16) for (let at = 0; at < piece.length; at += 2) yield piece.readUInt16LE(at);
    // The four highest bits are reserved.
    if (bitsPerEntry === 32)
      for (let at = 0; at < piece.length; at += 4) yield piece.readUInt32LE(at) & 0x0fff_ffff;
  }
}

function* entriesOf12Bits(table: Buffer, entries: number): Generator<number> {
  for (let entry = 0; entry < entries; entry++) {
    const at = entry + (entry >> 1);
    const pair = table[at]! | ((table[at + 1] ?? 0) << 8);
    yield entry % 2 === 0 ? pair & 0xfff : pair >> 4;
  }
}
