import type { GoldenFiles, GoldenWish } from './golden-files.ts';
import type { PortableFailure } from './portable-failure.ts';

/** What the keeper of a lab's files is told. */
export type FilesKeeperCommand =
  | {
      readonly kind: 'keep';
      /** Made by the keeper, and removed by it when the bench is gone. */
      readonly folder: string;
      /** Disk image to deploy; null: sample disks are made. */
      readonly imageFile: string | null;
    }
  | { readonly kind: 'make'; readonly wish: GoldenWish };

export type FilesKeeperReport =
  | { readonly kind: 'made'; readonly files: GoldenFiles }
  | { readonly kind: 'failed'; readonly failure: PortableFailure };
