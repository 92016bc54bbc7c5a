import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A real file that goes onto the sample disk. */
export interface SampleFile {
  readonly path: string;
  readonly sizeBytes: number;
}

const PACKAGES = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

/** Packages that Swarmboot itself runs on: fonts, native code and scripts, some of it hard to compress. */
const SOURCES = [
  '@resvg',
  'dejavu-fonts-ttf',
  'vega',
  'vega-lite',
  'vega-embed',
  'webtorrent',
  'yaml',
  'zod',
];

/** @returns the files of those packages, in the same order every time */
export async function sampleFiles(): Promise<readonly SampleFile[]> {
  const files: SampleFile[] = [];
  for (const source of SOURCES) {
    const entries = await readdir(join(PACKAGES, source), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.sort()) files.push({ path, sizeBytes: (await stat(path)).size });
  }
  return files;
}

export interface Room {
  readonly bytes: number;
  /** What the volume hands out at a time: a file takes whole clusters. */
  readonly clusterBytes: number;
  readonly files: number;
}

/** Few large files rather than thousands of small ones. */
const AIMED_FILES = 64;

/** Picks files, the same one again where there are too few, until no other fits into the room. */
export function filesToFill(files: readonly SampleFile[], room: Room): readonly SampleFile[] {
  const largest = Math.max(0, ...files.map(({ sizeBytes }) => sizeBytes));
  const smallest = Math.max(1, Math.min(room.bytes / AIMED_FILES, largest));
  const candidates = files.filter(({ sizeBytes }) => sizeBytes >= smallest);
  const chosen: SampleFile[] = [];
  let left = room.bytes;
  for (let before = -1; before < chosen.length; ) {
    before = chosen.length;
    for (const file of candidates) {
      const taken = Math.ceil(file.sizeBytes / room.clusterBytes) * room.clusterBytes;
      if (taken > left || chosen.length === room.files) continue;
      chosen.push(file);
      left -= taken;
    }
  }
  return chosen;
}
