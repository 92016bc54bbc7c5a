import { type Bencoded, decodeBencode, type Encodable, encodeBencode } from '../bencode.ts';
import { type Metainfo, parseMetainfo } from './metainfo.ts';

/** Who of a torrent can be asked for it. */
export interface TorrentPlaces {
  /** Announce URLs (BEP 12). */
  readonly trackers: readonly string[];
  /** URLs at which the file is, too (BEP 19). */
  readonly webSeeds: readonly string[];
}

/**
 * A stored torrent with the places where it is served now; it stays the same torrent.
 * Throws a RunFailure (`BAD_METAINFO`).
 */
export function announcedTorrent(stored: Uint8Array, { trackers, webSeeds }: TorrentPlaces): Metainfo {
  parseMetainfo(stored);
  const torrent = new Map<string, Encodable>(decodeBencode(stored) as ReadonlyMap<string, Bencoded>);
  torrent.delete('announce');
  torrent.set('announce-list', [[...trackers]]);
  torrent.set('url-list', [...webSeeds]);
  return parseMetainfo(encodeBencode(torrent));
}
