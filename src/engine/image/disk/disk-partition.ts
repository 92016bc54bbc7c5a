import type { ByteRange } from './byte-ranges.ts';

/** A partition as the table has it. */
export interface DiskPartition {
  readonly number: number;
  readonly startBytes: number;
  readonly bytes: number;
  /** As sfdisk prints it: two digits of hex at most in an MBR, a GUID in a GPT. None where there is no table. */
  readonly type?: string;
}

/** How a disk is divided. */
export interface PartitionTable {
  readonly kind: 'gpt' | 'mbr' | 'none';
  /** By their place on the disk. */
  readonly partitions: readonly DiskPartition[];
  /** Bytes of the disk that belong to boot code and tables. */
  readonly tables: readonly ByteRange[];
}
