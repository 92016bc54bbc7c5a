import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IMAGE_FILES, type StoredImage } from './image-store.ts';

/** What a server has to give of an image beside the payload. */
export interface ServedImage {
  /** Folder of the image on the server, such as `images/lab/1`. */
  readonly folder: string;
  /** By path: manifest, signature, extent map and torrent. */
  readonly files: Map<string, Uint8Array>;
}

/** Folder of a version of an image on a server. */
export function folderOnServer(name: string, version: number): string {
  return `images/${name}/${version}`;
}

/** Reads the files that describe an image, by the paths under which agents ask for them. */
export async function describedByPath({ folder, manifest }: StoredImage): Promise<ServedImage> {
  const onServer = folderOnServer(manifest.name, manifest.version);
  const { payload: _, ...described } = IMAGE_FILES;
  const files = new Map<string, Uint8Array>();
  for (const name of Object.values(described))
    files.set(`${onServer}/${name}`, await readFile(join(folder, name)));
  return { folder: onServer, files };
}
