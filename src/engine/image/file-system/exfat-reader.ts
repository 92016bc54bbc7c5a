import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { assertWithin, piecesOf, type Volume } from '../disk/volume.ts';
import { type FileSystem, labelled, serialText } from './file-system.ts';
import { SetBits } from './set-bits.ts';

/** Types of directory entries (Microsoft: exFAT file system specification, section 7). */
const ENTRY = { END: 0x00, BITMAP: 0x81, LABEL: 0x83 } as const;
const ENTRY_BYTES = 32;
/** Of the volume flags (section 3.1.13.2): it is set while the volume is mounted. */
const VOLUME_IS_DIRTY = 0x2;
const LAST_CLUSTER = 0xffff_ffff;

/** exFAT: a bitmap of all clusters, which an entry of the root folder leads to. */
export async function readExfat(volume: Volume): Promise<FileSystem | null> {
  if (volume.bytes < 512) return null;
  const boot = await volume.read(0, 512);
  if (boot.toString('latin1', 3, 11) !== 'EXFAT   ') return null;
  const exfat = new ExfatVolume(volume, boot);
  const { bitmap, label } = await rootFolderOf(exfat);
  return {
    name: 'exfat',
    uuid: serialText(boot.readUInt32LE(100)),
    ...labelled(label),
    used: [{ start: 0, end: exfat.heapOffset }, ...(await usedClusters(exfat, bitmap))],
    ...((boot.readUInt16LE(106) & VOLUME_IS_DIRTY) !== 0 && {
      unclean: 'it was not unmounted in order: run `fsck.exfat -p` on it',
    }),
  };
}

interface ClusterChain {
  readonly first: number;
  readonly bytes: number;
}

class ExfatVolume {
  readonly volume: Volume;
  readonly clusterBytes: number;
  readonly clusters: number;
  readonly rootCluster: number;
  /** Where cluster 2, the first, begins. */
  readonly heapOffset: number;
  readonly #tableOffset: number;

  constructor(volume: Volume, boot: Buffer) {
    const [sectorShift, clusterShift] = [boot[108]!, boot[109]!];
    if (sectorShift < 9 || sectorShift > 12 || sectorShift + clusterShift > 25)
      throw new ProtocolError('its boot sector contradicts itself');
    const sectorBytes = 2 ** sectorShift;
    this.volume = volume;
    this.#tableOffset = boot.readUInt32LE(80) * sectorBytes;
    this.heapOffset = boot.readUInt32LE(88) * sectorBytes;
    this.clusters = boot.readUInt32LE(92);
    this.rootCluster = boot.readUInt32LE(96);
    this.clusterBytes = sectorBytes * 2 ** clusterShift;
    assertWithin(volume, this.heapOffset, this.clusters * this.clusterBytes);
  }

  placeOf(cluster: number): number {
    return this.heapOffset + (cluster - 2) * this.clusterBytes;
  }

  /** The bytes of a chain of clusters, a piece at a time. */
  async *piecesOf({ first, bytes }: ClusterChain): AsyncGenerator<Buffer> {
    let left = bytes;
    let cluster = first;
    for (let count = 0; left > 0 && cluster !== LAST_CLUSTER; count++) {
      if (cluster < 2 || cluster >= this.clusters + 2 || count > this.clusters)
        throw new ProtocolError('one of its chains of clusters leads nowhere');
      const length = Math.min(left, this.clusterBytes);
      yield* piecesOf(this.volume, this.placeOf(cluster), length);
      left -= length;
      if (left > 0) cluster = (await this.volume.read(this.#tableOffset + 4 * cluster, 4)).readUInt32LE();
    }
  }
}

async function rootFolderOf(exfat: ExfatVolume): Promise<{ bitmap: ClusterChain; label: string }> {
  let bitmap: ClusterChain | undefined;
  let label = '';
  for await (const piece of exfat.piecesOf({ first: exfat.rootCluster, bytes: Infinity })) {
    for (let at = 0; at + ENTRY_BYTES <= piece.length; at += ENTRY_BYTES) {
      const entry = piece.subarray(at, at + ENTRY_BYTES);
      if (entry[0] === ENTRY.LABEL) label = entry.toString('utf16le', 2, 2 + 2 * Math.min(entry[1]!, 15));
      // A volume for transactions has a second bitmap, which bit 0 tells from the first.
      if (entry[0] === ENTRY.BITMAP && (entry[1]! & 1) === 0)
        bitmap = { first: entry.readUInt32LE(20), bytes: Number(entry.readBigUInt64LE(24)) };
      if (entry[0] === ENTRY.END && bitmap) return { bitmap, label };
    }
  }
  if (bitmap) return { bitmap, label };
  throw new ProtocolError('its root folder names no allocation bitmap');
}

async function usedClusters(exfat: ExfatVolume, bitmap: ClusterChain): Promise<ByteRange[]> {
  const bytes = Math.ceil(exfat.clusters / 8);
  if (bitmap.bytes < bytes) throw new ProtocolError('its allocation bitmap is too short');
  const bits = new SetBits({ base: exfat.heapOffset, unitBytes: exfat.clusterBytes });
  let left = exfat.clusters;
  for await (const piece of exfat.piecesOf({ first: bitmap.first, bytes })) {
    const count = Math.min(left, piece.length * 8);
    bits.add(piece, count);
    left -= count;
  }
  if (left > 0) throw new ProtocolError(`its allocation bitmap is ${left} clusters short`);
  return bits.ranges();
}
