/** The part of create-torrent 6.1.3 that Swarmboot uses; the package brings no types. */
declare module 'create-torrent' {
  import type { Readable } from 'node:stream';

  export interface MetainfoOptions {
    readonly name: string;
    readonly private: boolean;
    readonly pieceLength: number;
    /** Empty: no tracker; left out: the package's own list of public trackers. */
    readonly announce: readonly string[];
    readonly urlList?: readonly string[];
    readonly createdBy?: string;
    readonly filterJunkFiles?: boolean;
  }

  export default function createTorrent(
    /** A path, or the bytes of one file. */
    input: string | Readable,
    options: MetainfoOptions,
    callback: (error: Error | null, metainfo: Uint8Array) => void,
  ): void;
}
