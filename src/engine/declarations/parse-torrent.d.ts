/** The part of parse-torrent 11.0.24 that Swarmboot uses; the package brings no types. */
declare module 'parse-torrent' {
  export interface ParsedTorrent {
    readonly infoHash: string;
    readonly name: string;
    readonly private?: boolean;
    readonly length: number;
    readonly pieceLength: number;
    /** SHA-1 of every piece, 40 hex digits. */
    readonly pieces: readonly string[];
    readonly announce: readonly string[];
    readonly files: readonly unknown[];
  }

  /** Rejects where the bytes are no metainfo file. */
  export default function parseTorrent(metainfo: Uint8Array): Promise<ParsedTorrent>;
}
