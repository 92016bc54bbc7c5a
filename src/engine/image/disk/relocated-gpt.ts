import { RunFailure } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import {
  decodeGptEntries,
  decodeGptHeader,
  entriesBytesOf,
  type GptHeader,
  movedGptHeader,
} from './gpt-codec.ts';
import { PROTECTIVE_TYPE, partitionEntries } from './mbr-codec.ts';

/** Bytes that are written to a place of a disk. */
export interface DiskWrite {
  readonly diskOffset: number;
  readonly bytes: Uint8Array;
}

export interface GptOnDisk {
  /** The disk from its first byte to the end of the primary entries; usually 34 sectors. */
  readonly primary: Uint8Array;
  /** Bytes of the disk that it is on now. */
  readonly diskBytes: number;
  readonly sectorBytes: number;
}

/**
 * The writes that make a GPT of a smaller disk fit this one: the backup goes to the end, both headers know of it, the
 * protective MBR covers the disk, and the old backup is no longer one. None where it fits already. They are made in
 * this order, so that at any time one of the two is whole.
 * Throws a ProtocolError where there is no sound GPT, and a RunFailure (`DISK_TOO_SMALL`).
 */
export function relocatedGpt({ primary, diskBytes, sectorBytes }: GptOnDisk): DiskWrite[] {
  const head = Buffer.from(primary.buffer, primary.byteOffset, primary.byteLength);
  const headerSector = head.subarray(sectorBytes, 2 * sectorBytes);
  if (headerSector.length < sectorBytes) throw new ProtocolError('it is no header of a GPT');
  const header = decodeGptHeader(headerSector);
  const start = header.entries * sectorBytes;
  const entries = head.subarray(start, start + entriesBytesOf(header));
  decodeGptEntries(header, entries);
  const last = Math.floor(diskBytes / sectorBytes) - 1;
  if (header.alternate === last) return [];
  if (header.alternate > last) {
    const needed = (header.alternate + 1) * sectorBytes;
    throw new RunFailure(
      'DISK_TOO_SMALL',
      `the disk has ${diskBytes} bytes, its partition table needs ${needed}`,
    );
  }
  return writesOf({ head, headerSector, header, entries, last, sectorBytes });
}

interface Relocation {
  readonly head: Buffer;
  readonly headerSector: Buffer;
  readonly header: GptHeader;
  readonly entries: Buffer;
  readonly last: number;
  readonly sectorBytes: number;
}

function writesOf({ head, headerSector, header, entries, last, sectorBytes }: Relocation): DiskWrite[] {
  const backupEntries = last - Math.ceil(entries.length / sectorBytes);
  const lastUsable = backupEntries - 1;
  const primary = { own: header.own, alternate: last, lastUsable, entries: header.entries };
  const backup = { own: last, alternate: header.own, lastUsable, entries: backupEntries };
  const write = (sector: number, bytes: Uint8Array) => ({ diskOffset: sector * sectorBytes, bytes });
  return [
    write(backupEntries, Buffer.from(entries)),
    write(last, movedGptHeader(headerSector, backup)),
    write(header.own, movedGptHeader(headerSector, primary)),
    write(0, protectiveRecord(head.subarray(0, sectorBytes), last)),
    // Left where it is, a tool that looks for lost partition tables would find it; entries without a header are nothing.
    ...(isOverwritten(header.alternate, backupEntries)
      ? []
      : [write(header.alternate, Buffer.alloc(sectorBytes))]),
  ];
}

function isOverwritten(oldBackup: number, backupEntries: number): boolean {
  return oldBackup >= backupEntries;
}

/** UEFI 2.10, table 5.4: the entry covers the disk, or as much as 32 bits can say. Of a hybrid MBR it stays as it is. */
function protectiveRecord(record: Buffer, last: number): Buffer {
  const moved = Buffer.from(record);
  const used = partitionEntries(record).filter(({ type }) => type !== 0);
  const [entry] = used;
  if (used.length === 1 && entry!.type === PROTECTIVE_TYPE)
    moved.writeUInt32LE(Math.min(last, 0xffff_ffff), entry!.at + 12);
  return moved;
}
