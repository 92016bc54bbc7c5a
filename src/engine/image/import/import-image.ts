import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../../../failure.ts';
import { BRIDGED_BYTES, CHUNK_BYTES } from '../capture/chunk-plan.ts';
import { ENCODER } from '../chunk-codec.ts';
import { ImageDraft, type RawRun } from '../image-draft.ts';
import type { ImageStore, StoredImage } from '../image-store.ts';
import { assertImageName, type Manifest } from '../manifest.ts';
import { ChunkCutter } from './chunk-cutter.ts';
import { openClonezillaDisk } from './clonezilla-disk.ts';
import { isClonezillaFolder } from './clonezilla-folder-reader.ts';
import { type FilesWishes, openFiles } from './files-disk.ts';
import { openPackedDisk } from './packed-disk.ts';
import { asRunFailure } from './place-of-fault.ts';
import type { SourceDisk } from './source-disk.ts';

export interface ImportWishes {
  /** A folder that Clonezilla wrote, or a file with a disk in it. */
  readonly source: string;
  readonly name: string;
  readonly store: ImageStore;
  /** The private key that signs the manifest, as PEM; asked for before the image is made. */
  readonly privateKey: () => Promise<string>;
  /** Numbers of partitions of a disk file to copy whole, whatever is on them. */
  readonly whole: readonly number[];
  /** Makes an image of kind `files`: of a folder, a WIM or a tar archive. */
  readonly files?: FilesWishes | undefined;
  readonly wire: Manifest['encoding']['kind'];
  readonly signal: AbortSignal;
  /** Raw bytes that were read, of all that will be. */
  readonly progressed: (done: number, all: number) => void;
}

/** As the golden images that are captured: the level of the zstd command. */
const ZSTD_LEVEL = 3;

/**
 * Makes a golden image of what another program saved, and publishes it. A failure or an abort leaves nothing of it in the
 * store. Throws a ConfigError, a RunFailure (`BAD_SOURCE`, `MISSING_TOOL`).
 */
export async function importImage(wishes: ImportWishes): Promise<StoredImage> {
  assertImageName(wishes.name);
  try {
    // For other programs: tar takes what is in front of a colon for a host, and a first dash is an option to all.
    const disk = await openSource({ ...wishes, source: resolve(wishes.source) });
    try {
      return await published(disk, wishes);
    } finally {
      await disk.close();
    }
  } catch (cause) {
    throw asRunFailure(wishes.source, cause);
  }
}

async function openSource({ source, store, whole, files, signal }: ImportWishes): Promise<SourceDisk> {
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError('source', `${source} cannot be read: ${cause.message}`, { cause });
  });
  if (files) {
    if (whole.length > 0) throw new ConfigError('--whole', 'files have no partitions that are copied');
    return openFiles(source, { ...files, scratchFolder: store.folder, signal });
  }
  if (found.isFile()) return openPackedDisk(source, { scratchFolder: store.folder, whole, signal });
  if (!found.isDirectory())
    throw new ConfigError(
      'source',
      `${source} is neither a folder nor a file; a disk is captured, not imported`,
    );
  if (whole.length > 0)
    throw new ConfigError('--whole', 'of a Clonezilla folder what was saved is taken, no more and no less');
  if (await isClonezillaFolder(source)) return openClonezillaDisk(source);
  throw new ConfigError(
    'source',
    `${source} is no image folder of Clonezilla: it lacks the files \`disk\` and \`parts\` (an image made with saveparts has no \`disk\`)`,
  );
}

async function published(disk: SourceDisk, wishes: ImportWishes): Promise<StoredImage> {
  const { name, store, wire, signal } = wishes;
  const privateKey = await wishes.privateKey();
  const draft = await ImageDraft.begin(store, {
    name,
    kind: disk.files ? 'files' : 'disk',
    ...(disk.files && { files: disk.files }),
    disk: disk.disk,
    table: disk.table,
    partitions: disk.partitions,
    encoding: wire === 'raw' ? { kind: 'raw' } : { kind: 'zstd', level: ZSTD_LEVEL, library: ENCODER },
    chunkBytes: CHUNK_BYTES,
    tools: disk.tools,
  });
  try {
    await draft.add(chunksOf(disk, wishes));
    signal.throwIfAborted();
    return await draft.publish(privateKey);
  } catch (cause) {
    await draft.discard();
    throw cause;
  }
}

async function* chunksOf(
  disk: SourceDisk,
  { wire, signal, progressed }: ImportWishes,
): AsyncGenerator<RawRun> {
  const cutter = new ChunkCutter({
    chunkBytes: CHUNK_BYTES,
    bridgedBytes: BRIDGED_BYTES[wire],
    diskBytes: disk.disk.bytes,
  });
  let done = 0;
  for await (const run of disk.runs(signal)) {
    yield* cutter.push(run);
    done += run.bytes.length;
    progressed(done, disk.rawBytes);
  }
  yield* cutter.end();
}
