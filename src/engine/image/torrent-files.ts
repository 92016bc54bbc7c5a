import type { Bencoded, BencodedDictionary } from '../bencode.ts';
import { ProtocolError } from '../protocol-error.ts';

/** A file of a torrent: the files in their order are one run of bytes, which is cut into pieces. */
export interface TorrentFile {
  /** Names from the top down: of one file its name, of several the name of the torrent first. */
  readonly path: readonly string[];
  readonly bytes: number;
}

/**
 * The files of an info dictionary (BEP 3), one or several.
 * @throws ProtocolError where they are none, or a name leads out of the folder it is put in
 */
export function filesOf(info: BencodedDictionary): TorrentFile[] {
  const name = nameOf(info.get('name.utf-8') ?? info.get('name'));
  const list = info.get('files');
  if (list === undefined) return [{ path: [name], bytes: lengthOf(info) }];
  if (!Array.isArray(list) || list.length === 0) throw new ProtocolError('its list of files is none');
  const files = list.map((file) => fileOf(file, name));
  if (new Set(files.map(({ path }) => path.join('/'))).size !== files.length)
    throw new ProtocolError('two of its files have one name');
  return files;
}

function fileOf(file: Bencoded, name: string): TorrentFile {
  if (!(file instanceof Map)) throw new ProtocolError('its list of files is none');
  const path: Bencoded | undefined = file.get('path.utf-8') ?? file.get('path');
  if (!Array.isArray(path) || path.length === 0) throw new ProtocolError('one of its files has no name');
  return { path: [name, ...path.map(nameOf)], bytes: lengthOf(file) };
}

function lengthOf(file: BencodedDictionary): number {
  const length = file.get('length');
  if (typeof length === 'number' && length >= 0) return length;
  throw new ProtocolError('one of its files has no length');
}

/** Whoever writes a file under this name must stay in the folder that it was told. */
function nameOf(value: Bencoded | undefined): string {
  if (!(value instanceof Uint8Array)) throw new ProtocolError('one of its files has no name');
  const name = Buffer.from(value).toString();
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw new ProtocolError(`${JSON.stringify(name)} is no name of a file`);
  return name;
}
