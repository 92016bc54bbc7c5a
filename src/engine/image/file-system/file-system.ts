import type { ByteRange } from '../disk/byte-ranges.ts';
import type { Volume } from '../disk/volume.ts';

/** What is known of a file system without mounting it. */
export interface FileSystem {
  /** As blkid names it: `ext4`, `ntfs`, `vfat`. */
  readonly name: string;
  /** As blkid prints it. */
  readonly uuid?: string;
  readonly label?: string;
  /** Bytes of the volume that its allocation map says are in use, in any order; what it means to overwrite is left out. */
  readonly used: readonly ByteRange[];
  /** Why its allocation map is not the truth now, and what to do: it was not unmounted in order. */
  readonly unclean?: string;
}

/**
 * Reads a volume; there is one for each file system. Null where the volume holds another.
 * Throws a ProtocolError where it is damaged or makes use of something that is not known here.
 */
export type FileSystemReader = (volume: Volume) => Promise<FileSystem | null>;

/** `{label: 'DATA'}`, or nothing where the text is empty. */
export function labelled(text: string): { label?: string } {
  const label = text.replace(/\0.*$/s, '').trimEnd();
  return label === '' ? {} : { label };
}

/** Sixteen bytes as blkid prints them. */
export function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A volume serial number of 32 bits as blkid prints it: `4F2A-91C0`. */
export function serialText(serial: number): string {
  return serial
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')
    .replace(/^(.{4})/, '$1-');
}
