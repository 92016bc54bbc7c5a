import { type Bencoded, decodeBencode, type Encodable, encodeBencode } from '../../src/engine/bencode.ts';
import { type Metainfo, parseMetainfo } from '../../src/engine/image/metainfo.ts';

/** What a torrent may be made with. */
export interface TorrentWishes {
  readonly trackers?: readonly string[];
  readonly webSeeds?: readonly string[];
  readonly isPrivate?: boolean;
}

/** The same torrent with other trackers or web servers, or as a public one, which is another torrent to the swarm. */
export function remade(
  metainfo: Metainfo,
  { trackers, webSeeds, isPrivate = true }: TorrentWishes,
): Metainfo {
  const torrent = new Map<string, Encodable>(decodeBencode(metainfo.bytes) as ReadonlyMap<string, Bencoded>);
  if (trackers) {
    torrent.delete('announce');
    torrent.set('announce-list', [trackers]);
  }
  if (webSeeds) torrent.set('url-list', webSeeds);
  if (!isPrivate) {
    const info = new Map(torrent.get('info') as ReadonlyMap<string, Encodable>);
    info.delete('private');
    torrent.set('info', info);
  }
  return parseMetainfo(encodeBencode(torrent));
}
