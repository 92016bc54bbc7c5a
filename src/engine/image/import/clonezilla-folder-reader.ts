import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../../failure.ts';
import { ProtocolError } from '../../protocol-error.ts';
import type { ClonezillaFolder } from './clonezilla-layout.ts';
import type { FrameFiles } from './disk-frame.ts';

/** Texts that say how a disk was saved. */
const TEXTS = /^(disk|parts|blkid\.list|[a-z][a-z0-9-]*-pt\.(sf|parted)|swappt-[a-z][a-z0-9-]*\.info)$/;
const MOST_TEXT_BYTES = 2 ** 20;
/** Boot code between the first sector and the first partition: usually less than 1 MiB. */
const MOST_FRAME_BYTES = 64 * 2 ** 20;
const READ_BYTES = 2 ** 20;

/** Whether Clonezilla made a folder with these files in it. */
export async function isClonezillaFolder(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.includes('disk') && names.includes('parts');
}

/**
 * Names of plain files, and the texts among them. Links are not followed, whatever they lead to. Throws a ProtocolError
 * that names the file at fault.
 */
export async function readClonezillaFolder(folder: string): Promise<ClonezillaFolder> {
  const entries = await readdir(folder, { withFileTypes: true });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link) throw new ProtocolError(`${link.name}: it is a link, and links are not followed`);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const texts = new Map<string, string>();
  for (const name of names.filter((each) => TEXTS.test(each)))
    texts.set(name, (await readSmall(folder, name, MOST_TEXT_BYTES)).toString());
  return { names, texts };
}

/** The binary files of a disk beside its partitions. */
export async function readFrameFiles(
  folder: string,
  { names }: ClonezillaFolder,
  disk: string,
): Promise<FrameFiles> {
  const files = { mbr: 'mbr', afterMbr: 'hidden-data-after-mbr', gptFirst: 'gpt-1st' } as const;
  const read: { -readonly [Name in keyof FrameFiles]: Buffer } = {};
  for (const [field, ending] of Object.entries(files) as [keyof FrameFiles, string][]) {
    const name = `${disk}-${ending}`;
    if (names.includes(name)) read[field] = await readSmall(folder, name, MOST_FRAME_BYTES);
  }
  return read;
}

/** The bytes of several files, one after the other. */
export async function* readJoined(folder: string, names: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const name of names) {
    const file = await openPlain(folder, name);
    yield* file.createReadStream({ highWaterMark: READ_BYTES });
  }
}

async function readSmall(folder: string, name: string, mostBytes: number): Promise<Buffer> {
  const file = await openPlain(folder, name);
  try {
    const { size } = await file.stat();
    if (size > mostBytes)
      throw new ProtocolError(`${name}: it has ${size} bytes, at most ${mostBytes} are taken`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function openPlain(folder: string, name: string): Promise<FileHandle> {
  return open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new ConfigError('source', `${join(folder, name)} cannot be read: ${cause.message}`, { cause });
    },
  );
}
