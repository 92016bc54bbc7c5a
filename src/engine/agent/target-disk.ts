import { RunFailure } from '../../failure.ts';

/** A disk of a machine. */
export interface DiskFacts {
  /** Such as `/dev/nvme0n1`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Empty where the disk does not say. */
  readonly model: string;
  readonly serial: string;
  readonly wwn: string;
  readonly isRotational: boolean;
  /** A USB stick or disk, or a card: never taken unless it is named. */
  readonly isRemovable: boolean;
  readonly isReadOnly: boolean;
}

/**
 * Which disk is to be written: by one thing that only this disk has, or `only`, the only fixed one that is large enough.
 * Disks that are too small do not count for `only`, be there ever so many: where the system's disk is one of these and a
 * data disk is not, it is the data disk that is overwritten. Machines with several disks are told which.
 */
export type DiskWish =
  | { readonly by: 'serial' | 'wwn' | 'path'; readonly is: string }
  | { readonly by: 'only' };

/**
 * The one disk to write. A guess is never made: without exactly one candidate that is large enough it is a refusal.
 * Throws a RunFailure: `DISK_AMBIGUOUS`, `DISK_MISSING` or `DISK_TOO_SMALL`, with what there is and what can be done.
 */
export function targetDisk(disks: readonly DiskFacts[], wish: DiskWish, neededBytes: number): DiskFacts {
  const candidates =
    wish.by === 'only' ? fixedDisks(disks) : disks.filter((disk) => disk[wish.by] === wish.is);
  const large = candidates.filter(({ sizeBytes }) => sizeBytes >= neededBytes);
  const wanted = wish.by === 'only' ? 'a fixed disk' : `a disk of ${wish.by} ${wish.is}`;
  if (large.length === 1) return large[0]!;
  if (large.length > 1) {
    throw new RunFailure(
      'DISK_AMBIGUOUS',
      `${large.length} disks could be meant by ${wanted}, and none is guessed: ${listOf(large)}; name one by serial, wwn or path`,
    );
  }
  if (candidates.length > 0) {
    throw new RunFailure(
      'DISK_TOO_SMALL',
      `the image needs ${neededBytes} bytes, and there is only ${listOf(candidates)}; nothing was written`,
    );
  }
  throw new RunFailure(
    'DISK_MISSING',
    `there is no ${wanted.replace(/^a /, '')}; there is ${listOf(disks) || 'no disk at all'}`,
  );
}

function fixedDisks(disks: readonly DiskFacts[]): DiskFacts[] {
  return disks.filter(({ isRemovable, isReadOnly }) => !isRemovable && !isReadOnly);
}

function listOf(disks: readonly DiskFacts[]): string {
  return disks
    .map(({ path, model, serial, sizeBytes }) =>
      [path, model, serial && `serial ${serial}`, `${sizeBytes} bytes`].filter(Boolean).join(' '),
    )
    .join(', ');
}
