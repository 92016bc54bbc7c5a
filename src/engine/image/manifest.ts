import { z } from 'zod';
import { ConfigError, RunFailure } from '../../failure.ts';
import { MOST_CHUNK_BYTES } from './extent-map.ts';

const bytes = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A name that is safe as a folder and in a URL. */
export const imageName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

/** In characters; Btrfs allows 255 bytes. */
export const LONGEST_LABEL = 128;

const partition = z.strictObject({
  /** As in the partition table, from 1. */
  number: z.int().min(1),
  startBytes: bytes,
  bytes,
  /** As blkid names it (`ntfs`, `ext4`, `vfat`, `swap`), or `unknown`. */
  fileSystem: z.string().max(32),
  /** `used`: the ranges that its own allocation map names; `whole`: all of it; `created`: made anew on the machine. */
  copied: z.enum(['used', 'whole', 'created']),
  /** Bytes of its used ranges; all of it where it is copied whole. */
  usedBytes: bytes,
  /** Of the file system, where it has one. */
  uuid: z.string().max(64).optional(),
  label: z.string().max(LONGEST_LABEL).optional(),
});

/** What can be made anew on a machine, and the archive that fills it. */
export const ARCHIVE_OF = { ntfs: 'wim', ext4: 'tar' } as const;
export type FilesFileSystem = keyof typeof ARCHIVE_OF;

/** Where the archive of an image of kind `files` lies on the disk until it is unpacked: beside its one partition. */
const files = z.strictObject({
  archive: z.enum(['wim', 'tar']),
  startBytes: bytes,
  bytes: bytes.min(1),
  /** Files, folders and links in it. */
  entries: z.int().min(0),
});

const fields = z.strictObject({
  format: z.literal(1),
  name: imageName,
  /** Counted from 1 for each name. */
  version: z.int().min(1),
  /** RFC 3339, UTC. */
  created: z.iso.datetime(),
  kind: z.enum(['disk', 'files']),
  disk: z.strictObject({ bytes, sectorBytes: z.int().min(512).max(65_536) }),
  /** Of kind `files`, and only of it. */
  files: files.optional(),
  table: z.enum(['gpt', 'mbr', 'none']),
  partitions: z.array(partition).max(128),
  encoding: z.union([
    z.strictObject({
      kind: z.literal('zstd'),
      level: z.int().min(1).max(22),
      /** The `ENCODER` that made it: a machine with another one cannot make the same wire bytes again. */
      library: z.string().max(32),
    }),
    z.strictObject({ kind: z.literal('raw') }),
  ]),
  /** Raw bytes of a chunk, at most. */
  chunkBytes: z.int().min(1).max(MOST_CHUNK_BYTES),
  extentMap: z.strictObject({ sha256, bytes }),
  payload: z.strictObject({ sha256, bytes, rawBytes: bytes }),
  /** SHA-1 of the torrent's info dictionary. */
  infoHash: z.string().regex(/^[0-9a-f]{40}$/),
  /** Name -> version of what the capture used. */
  tools: z.record(z.string().max(64), z.string().max(256)),
});

/** An image of kind `files` is a new file system and an archive beside it, both on the disk and apart from each other. */
const schema = fields.superRefine((manifest, context) => {
  const fault = faultOfFiles(manifest);
  if (fault) context.addIssue({ code: 'custom', ...fault });
});

type Fields = Pick<z.output<typeof fields>, 'kind' | 'files' | 'partitions' | 'disk' | 'table'>;

function faultOfFiles({
  kind,
  files: archive,
  partitions,
  disk,
  table,
}: Fields): { path: string[]; message: string } | undefined {
  if ((kind === 'files') !== (archive !== undefined))
    return { path: ['files'], message: `an image of kind ${kind} ${archive ? 'has none' : 'has them'}` };
  if (!archive) return undefined;
  const [volume, ...others] = partitions;
  if (!volume || others.length > 0 || volume.copied !== 'created')
    return { path: ['partitions'], message: 'files have exactly one partition, which is created' };
  if (table !== 'gpt') return { path: ['table'], message: 'files have a GPT' };
  if (ARCHIVE_OF[volume.fileSystem as FilesFileSystem] !== archive.archive)
    return {
      path: ['files', 'archive'],
      message: `${volume.fileSystem} is not filled from ${archive.archive}`,
    };
  const volumeEnd = volume.startBytes + volume.bytes;
  const archiveEnd = archive.startBytes + archive.bytes;
  if (
    archive.startBytes % disk.sectorBytes !== 0 ||
    archive.startBytes < volumeEnd ||
    archiveEnd > disk.bytes
  )
    return { path: ['files', 'startBytes'], message: 'the archive lies behind the partition, on the disk' };
  return undefined;
}

/** What a golden image is: everything but the bytes. */
export type Manifest = Readonly<z.output<typeof schema>>;
export type ImagePartition = Manifest['partitions'][number];

/** @returns the file `manifest.json`; its signature is over these bytes */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return Buffer.from(`${JSON.stringify(schema.parse(manifest), null, 2)}\n`);
}

/** Throws a ConfigError (`--name`) where an image cannot have that name. */
export function assertImageName(name: string): void {
  if (imageName.safeParse(name).success) return;
  const allowed =
    'a name has up to 64 of a-z, 0-9, dot, dash and underscore, and begins with a letter or digit';
  throw new ConfigError('--name', `found ${JSON.stringify(name)}; ${allowed}`);
}

/** Throws a RunFailure (`BAD_MANIFEST`) that names the field at fault. */
export function decodeManifest(file: Uint8Array): Manifest {
  const read = schema.safeParse(jsonOf(file));
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new RunFailure('BAD_MANIFEST', `the manifest cannot be used: ${path.join('.') || 'it'}: ${message}`);
}

function jsonOf(file: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(file).toString());
  } catch (cause) {
    throw new RunFailure('BAD_MANIFEST', 'the manifest cannot be used: it is no JSON', { cause });
  }
}
