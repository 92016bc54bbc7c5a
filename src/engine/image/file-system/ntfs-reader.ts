import { ProtocolError } from '../../protocol-error.ts';
import type { ByteRange } from '../disk/byte-ranges.ts';
import { assertWithin, piecesOf, type Volume } from '../disk/volume.ts';
import { type FileSystem, labelled } from './file-system.ts';
import { isNtfsLogClosed } from './ntfs-log.ts';
import { ATTRIBUTE, attributeOf, mendedRecord, type NtfsAttribute } from './ntfs-record.ts';
import { SetBits } from './set-bits.ts';

/** Numbers of the first records of the master file table. */
const RECORD = { MFT: 0, LOG_FILE: 2, VOLUME: 3, BITMAP: 6 } as const;
const VOLUME_IS_DIRTY = 0x1;
const UNCLEAN =
  'start Windows from it and shut it down in full (`shutdown /s /f /t 0`, fast startup leaves it open), or run `chkdsk /f`';

/** NTFS: the bitmap of all clusters is the file $Bitmap (ntfs-3g: layout.h; Russon, Fledel: NTFS documentation). */
export async function readNtfs(volume: Volume): Promise<FileSystem | null> {
  if (volume.bytes < 512) return null;
  const boot = await volume.read(0, 512);
  if (boot.toString('latin1', 3, 11) !== 'NTFS    ') return null;
  const ntfs = new NtfsVolume(volume, boot);
  await ntfs.open();
  const unclean = await uncleanReason(ntfs);
  const label = attributeOf(await ntfs.record(RECORD.VOLUME), ATTRIBUTE.VOLUME_NAME);
  return {
    name: 'ntfs',
    uuid: boot.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0'),
    ...labelled(label?.kind === 'resident' ? label.value.toString('utf16le') : ''),
    used: await usedClusters(ntfs),
    ...(unclean !== null && { unclean: `${unclean}: ${UNCLEAN}` }),
  };
}

/** Reads records and files by way of the master file table. */
class NtfsVolume {
  readonly volume: Volume;
  readonly clusterBytes: number;
  readonly clusters: number;
  /** Bytes of the volume without the last sector, which holds a copy of the first. */
  readonly bytes: number;
  readonly #recordBytes: number;
  readonly #mftOffset: number;
  #mft: NtfsAttribute | undefined;

  constructor(volume: Volume, boot: Buffer) {
    this.volume = volume;
    const sectorBytes = boot.readUInt16LE(11);
    this.clusterBytes = sectorBytes * powerOf(boot[13]!);
    this.bytes = Number(boot.readBigUInt64LE(40)) * sectorBytes;
    this.clusters = Math.floor(this.bytes / this.clusterBytes);
    this.#mftOffset = Number(boot.readBigUInt64LE(48)) * this.clusterBytes;
    const perRecord = boot.readInt8(64);
    this.#recordBytes = perRecord < 0 ? 2 ** -perRecord : perRecord * this.clusterBytes;
    assertWithin(volume, 0, this.bytes);
    const sizes = [sectorBytes, this.clusterBytes, this.#recordBytes];
    if (sizes.some((bytes) => !(bytes >= 512 && bytes <= 2 ** 21)) || this.clusters < 16)
      throw new ProtocolError('its boot sector contradicts itself');
  }

  /** Learns where the master file table is. */
  async open(): Promise<void> {
    const bytes = await this.volume.read(this.#mftOffset, this.#recordBytes);
    this.#mft = attributeOf(mendedRecord(bytes, 'FILE'), ATTRIBUTE.DATA);
  }

  async record(number: number): Promise<Buffer> {
    const at = number * this.#recordBytes;
    for await (const piece of this.piecesOf(this.#mft, at, this.#recordBytes))
      return mendedRecord(piece, 'FILE');
    throw new ProtocolError(`its master file table has no record ${number}`);
  }

  /** Fewer, where the file ends. */
  async bytesOf(file: NtfsAttribute | undefined, from: number, bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.piecesOf(file, from, bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The bytes of a nameless data attribute, a piece at a time. */
  async *piecesOf(file: NtfsAttribute | undefined, from = 0, bytes?: number): AsyncGenerator<Buffer> {
    if (file?.kind !== 'elsewhere')
      throw new ProtocolError('one of its system files has no clusters of its own');
    let left = Math.min(bytes ?? file.bytes, file.bytes - from);
    let before = 0;
    for (const { cluster, clusters } of file.runs) {
      const skip = Math.max(0, from - before);
      const length = Math.min(left, clusters * this.clusterBytes - skip);
      before += clusters * this.clusterBytes;
      if (length <= 0) continue;
      if (cluster === null) throw new ProtocolError('one of its system files has a hole');
      yield* piecesOf(this.volume, cluster * this.clusterBytes + skip, length);
      left -= length;
    }
    if (left > 0) throw new ProtocolError('one of its system files is in more than one record, or cut off');
  }
}

async function usedClusters(ntfs: NtfsVolume): Promise<ByteRange[]> {
  const { clusters, clusterBytes, bytes, volume } = ntfs;
  const bitmap = attributeOf(await ntfs.record(RECORD.BITMAP), ATTRIBUTE.DATA);
  const bits = new SetBits({ base: 0, unitBytes: clusterBytes });
  let left = clusters;
  for await (const piece of ntfs.piecesOf(bitmap, 0, Math.ceil(clusters / 8))) {
    const count = Math.min(left, piece.length * 8);
    bits.add(piece, count);
    left -= count;
  }
  if (left > 0) throw new ProtocolError(`its bitmap is ${left} clusters short`);
  // What is not a whole cluster at the end, and the copy of the boot sector behind it.
  const tail = { start: clusters * clusterBytes, end: Math.min(bytes + 512, volume.bytes) };
  return [...bits.ranges(), tail];
}

async function uncleanReason(ntfs: NtfsVolume): Promise<string | null> {
  const information = attributeOf(await ntfs.record(RECORD.VOLUME), ATTRIBUTE.VOLUME_INFORMATION);
  if (information?.kind !== 'resident' || information.value.length < 12)
    throw new ProtocolError('its $Volume says nothing of its state');
  if ((information.value.readUInt16LE(10) & VOLUME_IS_DIRTY) !== 0) return 'it is marked as dirty';
  const log = attributeOf(await ntfs.record(RECORD.LOG_FILE), ATTRIBUTE.DATA);
  const isClosed = await isNtfsLogClosed((offset, bytes) => ntfs.bytesOf(log, offset, bytes));
  return isClosed ? null : 'its log is open';
}

/** Sectors of a cluster: as they are, or, above 128, two to the power of what is missing to 256. */
function powerOf(byte: number): number {
  return byte > 128 ? 2 ** (256 - byte) : byte;
}
