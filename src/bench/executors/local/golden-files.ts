import type { Transport } from '../../record/run-record.ts';
import type { SavedDisk } from '../netns/clonezilla/save-disk.ts';
import { isClonezilla } from '../way-of-bytes.ts';
import type { LabImage } from './lab-image.ts';

/** What a run wants of the golden image. */
export interface GoldenWish {
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly encoding: 'raw' | 'zstd';
  /** It is wanted in the form of Clonezilla, too. */
  readonly isSaved: boolean;
}

/** The golden image in every form that a run wants: files that all runs share, and none of them writes. */
export interface GoldenFiles {
  readonly goldenFile: string;
  /** What the golden image is, in one sentence. */
  readonly goldenNote: string;
  readonly published: LabImage;
  /** The disk in the form of Clonezilla; null where nobody wants it. */
  readonly saved: SavedDisk | null;
}

export function goldenWishOf(plan: {
  readonly transport: Transport;
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly encoding: 'raw' | 'zstd';
}): GoldenWish {
  const { transport, imageBytes, pieceBytes, encoding } = plan;
  return { imageBytes, pieceBytes, encoding, isSaved: isClonezilla(transport) };
}
