/**
 * The file `image.torrent` in a store: the info dictionary and when it was made, nothing that depends on where it is
 * served. The same arguments give the same bytes, so that a changed byte is found.
 * @param info the info dictionary as it is encoded
 */
export function storedTorrent(info: Uint8Array, created: Date): Uint8Array {
  const seconds = Math.floor(created.getTime() / 1000);
  const head = `d10:created by9:swarmboot13:creation datei${seconds}e4:info`;
  return Buffer.concat([Buffer.from(head), info, Buffer.from('e')]);
}
