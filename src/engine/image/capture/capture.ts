import { versions } from 'node:process';
import { ConfigError, RunFailure } from '../../../failure.ts';
import { ENCODER } from '../chunk-codec.ts';
import { MOST_CHUNKS } from '../extent-map.ts';
import { type DraftPlan, ImageDraft, type RawRun } from '../image-draft.ts';
import type { ImageStore, StoredImage } from '../image-store.ts';
import { assertImageName } from '../manifest.ts';
import { BRIDGED_BYTES, CHUNK_BYTES, type PlannedChunk, planChunks } from './chunk-plan.ts';
import { type DiskSurvey, surveyDisk } from './disk-survey.ts';
import { LocalDisk } from './local-disk.ts';

/** So many chunks are read again in the end and compared. */
const SAMPLED_CHUNKS = 64;

export interface CaptureRequest {
  /** A block device, or a file that is the image of a disk. */
  readonly source: string;
  readonly name: string;
  /** Level of zstd; `raw` for bytes as they are. */
  readonly encoding: { readonly kind: 'zstd'; readonly level: number } | { readonly kind: 'raw' };
  /** Numbers of partitions to copy whole, whatever is on them. */
  readonly whole: readonly number[];
  /** Bytes of a piece of the torrent. Default: by the size of the payload. */
  readonly pieceBytes?: number;
}

/** Hears how far a capture is. */
export interface CaptureWatch {
  readonly signal: AbortSignal;
  /** The private key that signs the manifest, as PEM; asked for before the disk is read, which may take hours. */
  privateKey(): Promise<string>;
  /** How many bytes of the disk are going to be copied, and how many an interrupted capture left of the payload. */
  planned(plan: { rawBytes: number; earlierBytes: number }): void;
  /** Bytes of the disk that have been read. */
  progressed(rawBytes: number): void;
}

export interface Captured {
  readonly image: StoredImage;
  /** Chunks taken over from an interrupted capture. */
  readonly keptChunks: number;
  readonly chunks: number;
}

/**
 * Makes the next version of an image from a disk. Whatever goes wrong, nothing is left that looks like an image.
 * Throws a ConfigError (`--name`, `disk`, `--whole`) where the disk cannot be captured, and a RunFailure (`SOURCE_CHANGED`) where it changed meanwhile.
 */
export async function captureImage(
  store: ImageStore,
  request: CaptureRequest,
  watch: CaptureWatch,
): Promise<Captured> {
  assertImageName(request.name);
  const disk = await LocalDisk.open(request.source);
  try {
    return await captureDisk(store, request, { ...watch, disk });
  } finally {
    await disk.close();
  }
}

async function captureDisk(
  store: ImageStore,
  request: CaptureRequest,
  { disk, ...watch }: CaptureWatch & { disk: LocalDisk },
): Promise<Captured> {
  const mark = await disk.changeMark();
  const wishes = { sectorBytes: disk.sectorBytes, whole: request.whole };
  const survey = await surveyDisk(disk, wishes);
  const bridgedBytes = BRIDGED_BYTES[request.encoding.kind];
  const chunks = planChunks(survey.used, { chunkBytes: CHUNK_BYTES, bridgedBytes });
  if (chunks.length > MOST_CHUNKS)
    throw new ConfigError(
      'disk',
      `what is in use lies in ${chunks.length} pieces, and an image has ${MOST_CHUNKS} at most; copy the most scattered partition whole with \`--whole\``,
    );
  const privateKey = await watch.privateKey();
  const draft = await ImageDraft.begin(store, draftPlan(request, disk, survey));
  try {
    const rawBytes = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
    watch.planned({ rawBytes, earlierBytes: draft.earlierBytes });
    await draft.add(runsOf(disk, chunks, watch));
    await assertUnchanged(disk, { mark, survey, wishes, chunks, draft });
    watch.signal.throwIfAborted();
    const image = await draft.publish(privateKey);
    return { image, keptChunks: draft.keptChunks, chunks: chunks.length };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

function draftPlan(request: CaptureRequest, disk: LocalDisk, survey: DiskSurvey): DraftPlan {
  const { name, encoding, pieceBytes } = request;
  return {
    name,
    kind: 'disk',
    disk: { bytes: disk.bytes, sectorBytes: disk.sectorBytes },
    table: survey.table,
    partitions: [...survey.partitions],
    encoding: encoding.kind === 'raw' ? encoding : { ...encoding, library: ENCODER },
    chunkBytes: CHUNK_BYTES,
    tools: { node: versions.node },
    ...(pieceBytes !== undefined && { pieceBytes }),
  };
}

async function* runsOf(
  disk: LocalDisk,
  chunks: readonly PlannedChunk[],
  { signal, progressed }: Pick<CaptureWatch, 'signal' | 'progressed'>,
): AsyncGenerator<RawRun> {
  let done = 0;
  for (const chunk of chunks) {
    signal.throwIfAborted();
    const bytes = await rawBytesOf(disk, chunk);
    yield { diskOffset: chunk.start, bytes };
    done += bytes.length;
    progressed(done);
  }
}

/** What is in use as it is on the disk, and zeros between. */
async function rawBytesOf(disk: LocalDisk, { start, end, used }: PlannedChunk): Promise<Uint8Array> {
  const bytes = Buffer.alloc(end - start);
  for (const range of used)
    await disk.readInto(bytes.subarray(range.start - start, range.end - start), range.start);
  return bytes;
}

interface Before {
  readonly mark: string;
  readonly survey: DiskSurvey;
  readonly wishes: Parameters<typeof surveyDisk>[1];
  readonly chunks: readonly PlannedChunk[];
  readonly draft: ImageDraft;
}

/** Times of the file, tables and allocation maps, and a sample of the chunks are what they were. */
async function assertUnchanged(
  disk: LocalDisk,
  { mark, survey, wishes, chunks, draft }: Before,
): Promise<void> {
  if ((await disk.changeMark()) !== mark) throw changed(disk, 'it was written to');
  const again = await surveyDisk(disk, wishes).catch((cause) => {
    throw changed(disk, 'its tables are no longer what they were', cause);
  });
  if (JSON.stringify(again) !== JSON.stringify(survey))
    throw changed(disk, 'its allocation maps are no longer what they were');
  const stride = Math.ceil(chunks.length / SAMPLED_CHUNKS);
  for (let number = 0; number < chunks.length; number += stride) {
    const bytes = (await rawBytesOf(disk, chunks[number]!)) as Uint8Array<ArrayBuffer>;
    const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    if (Buffer.compare(sha256, draft.chunks[number]!.sha256) !== 0)
      throw changed(disk, `bytes from ${chunks[number]!.start} on are no longer what they were`);
  }
}

function changed(disk: LocalDisk, how: string, cause?: unknown): RunFailure {
  const sentence = `${disk.path} changed while it was captured: ${how}; see that nobody writes to it, and capture it again`;
  return new RunFailure('SOURCE_CHANGED', sentence, { cause });
}
