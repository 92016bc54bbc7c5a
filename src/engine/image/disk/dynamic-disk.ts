import { ProtocolError } from '../../protocol-error.ts';
import type { DiskPartition } from './disk-partition.ts';

/**
 * Types of the partitions of Windows' Logical Disk Manager: in an MBR, then data and database in a GPT (kernel:
 * Documentation/admin-guide/ldm.rst, block/partitions/ldm.h; Microsoft: PARTITION_INFORMATION_GPT).
 */
const DYNAMIC_TYPES: readonly string[] = [
  '42',
  'AF9B60A0-1431-4F62-BC68-3311714A69AD',
  '5808C8AA-7E8F-42E0-85D2-E1E90434CFB3',
];

/**
 * Throws a ProtocolError where the volumes of a disk stand in a database at its end and not in its table: a file
 * system that begins where a partition does is one volume of several then.
 */
export function assertNotDynamic(partitions: readonly Pick<DiskPartition, 'type'>[]): void {
  if (partitions.some(({ type }) => type !== undefined && DYNAMIC_TYPES.includes(type.toUpperCase())))
    throw new ProtocolError(
      'it is a dynamic disk of Windows, whose table does not name its volumes; convert it to a basic disk',
    );
}
