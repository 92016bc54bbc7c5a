import type { ImagePartition, Manifest } from './manifest.ts';

/** File systems that can be made larger, as a manifest calls them. */
const GROWABLE = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'ntfs'];

/** Whether an image can fill a larger disk, and by which of its partitions. */
export type Growth =
  | { readonly kind: 'grows'; readonly partition: ImagePartition }
  | { readonly kind: 'stays'; readonly why: string };

/** Only the last partition on the disk has free space behind it, and only with a file system that can be made larger. */
export function growthOf({ partitions }: Pick<Manifest, 'partitions'>): Growth {
  const last = partitions.toSorted((one, other) => other.startBytes - one.startBytes)[0];
  if (!last) return { kind: 'stays', why: 'the image has no partition' };
  if (GROWABLE.includes(last.fileSystem)) return { kind: 'grows', partition: last };
  const why = `the last partition of the image is number ${last.number} with ${last.fileSystem}; what can grow is ${GROWABLE.join(', ')}`;
  return { kind: 'stays', why };
}
