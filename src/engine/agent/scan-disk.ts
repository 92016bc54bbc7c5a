import { RunFailure } from '../../failure.ts';
import type { AgentMemory } from './agent-memory.ts';
import { checkChunks } from './check-chunks.ts';
import type { DiskWriter } from './disk-writer.ts';
import { FoundBlocks, type FoundOnDisk, NOTHING_FOUND } from './found-blocks.ts';
import { parkingPlaceOf } from './fragments.ts';
import type { ImageDescription } from './image-description.ts';
import type { PayloadLayout } from './payload-layout.ts';
import { WireForms } from './wire-forms.ts';

export interface DiskScan {
  readonly disk: DiskWriter;
  readonly image: ImageDescription;
  readonly layout: PayloadLayout;
  readonly memory: AgentMemory;
  readonly canEncode: boolean;
  /** An earlier run of the agent on this machine was not finished. */
  readonly isResumed: boolean;
  /** Hears the share that is done, 0 to 1. */
  progressed(share: number): void;
}

/** Both partition tables lie in the first and the last bytes of a disk: GPT takes 34 sectors of up to 4 KiB. */
const TABLE_BYTES = 2 ** 18;
/** Places of the image at which a disk is looked at before it counts as blank. */
const SAMPLES = 64;
const SAMPLE_BYTES = 4096;
/** Looked at together: a hard disk takes them in the order in which they lie. */
const SAMPLES_AT_A_TIME = 32;
const ZEROS = Buffer.alloc(TABLE_BYTES);

/**
 * Phase `scan`: what of the image the disk holds already. A chunk is found by its hash at its place. Where an earlier
 * run was cut off, pieces are found as well that it had parked there in parts: a piece that matches its hash is right,
 * wherever its bytes come from, so nothing has to be remembered beside the disk.
 */
export async function scanDisk(scan: DiskScan): Promise<FoundOnDisk> {
  const { disk, layout, isResumed, progressed } = scan;
  if (!isResumed && (await isBlank(disk, layout))) return NOTHING_FOUND;
  const rooms = new Map<number, Uint8Array>();
  const longest = scan.image.manifest.chunkBytes;
  const chunks = await checkChunks({
    chunks: layout.chunks,
    numbers: [...layout.chunks.keys()],
    read({ diskOffset, rawBytes }, lane) {
      const room = rooms.get(lane) ?? Buffer.allocUnsafeSlow(longest);
      rooms.set(lane, room);
      return unlessUnreadable(disk.readAt(diskOffset, room.subarray(0, rawBytes)));
    },
    progressed: (checked) => progressed(checked / layout.chunks.length),
  });
  return { chunks, pieces: isResumed ? await parkedPieces(scan, chunks) : new Set() };
}

/** No partition table at either end, and nothing at some places of the image. */
async function isBlank(disk: DiskWriter, { chunks }: PayloadLayout): Promise<boolean> {
  const tableBytes = Math.min(TABLE_BYTES, disk.sizeBytes);
  const step = Math.max(1, Math.floor(chunks.length / SAMPLES));
  const places: (readonly [offset: number, bytes: number])[] = [
    [0, tableBytes],
    [disk.sizeBytes - tableBytes, tableBytes],
    ...chunks
      .filter((_, number) => number % step === 0)
      .map(({ diskOffset, rawBytes }) => [diskOffset, Math.min(SAMPLE_BYTES, rawBytes)] as const),
  ];
  for (let first = 0; first < places.length; first += SAMPLES_AT_A_TIME) {
    const looks = places.slice(first, first + SAMPLES_AT_A_TIME).map(async ([offset, bytes]) => {
      const found = await unlessUnreadable(disk.readAt(offset, Buffer.allocUnsafe(bytes)));
      return ZEROS.subarray(0, bytes).equals(found);
    });
    if ((await Promise.all(looks)).includes(false)) return false;
  }
  return true;
}

/** A place that cannot be read holds nothing; many disks make it good when it is written. */
async function unlessUnreadable(reading: Promise<Uint8Array>): Promise<Uint8Array> {
  return reading.catch((error: unknown) => {
    if (error instanceof RunFailure) return new Uint8Array(0);
    throw error;
  });
}

/** Pieces that are right when what is missing of their chunks is taken from where it would be parked. */
async function parkedPieces(scan: DiskScan, chunks: ReadonlySet<number>): Promise<ReadonlySet<number>> {
  const { disk, image, layout, memory, canEncode } = scan;
  const pieces = new Set<number>();
  if (!canEncode) return pieces;
  const { encoding } = image.manifest;
  const wireForms = new WireForms(layout.chunks, { disk, encoding, roomBytes: memory.wireFormBytes });
  const held = new FoundBlocks(layout, { chunks, pieces });
  const room = Buffer.allocUnsafeSlow(layout.pieceBytes);
  for (let piece = 0; piece < layout.pieces; piece++) {
    if (held.hasPiece(piece)) continue;
    const bytes = room.subarray(0, layout.bytesOf(piece));
    for (const span of layout.spansIn(piece)) {
      const into = bytes.subarray(span.inPiece, span.inPiece + span.bytes);
      if (chunks.has(span.chunk)) {
        into.set(await wireForms.part(span.chunk, span.inChunk, span.inChunk + span.bytes));
      } else {
        const place = parkingPlaceOf(layout, span);
        await unlessUnreadable(disk.readAt(place.offset, into.subarray(0, place.bytes)));
      }
    }
    if (await image.metainfo.pieceHashes.matches(piece, bytes)) pieces.add(piece);
  }
  return pieces;
}
