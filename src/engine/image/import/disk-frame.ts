import { ProtocolError } from '../../protocol-error.ts';
import type { RawRun } from '../image-draft.ts';
import type { ClonezillaLayout } from './clonezilla-layout.ts';
import { within } from './place-of-fault.ts';
import { readSavedGpt, type SavedGpt } from './saved-gpt.ts';
import { extendedBootRecords, readSavedMbr } from './saved-mbr.ts';
import { assertSameEntries } from './table-entry.ts';

/** Binary files of a Clonezilla folder; those that it lacks are missing. */
export interface FrameFiles {
  /** The first sector. */
  readonly mbr?: Buffer;
  /** From the second sector to the first partition, or less. */
  readonly afterMbr?: Buffer;
  /** The first 34 sectors of a disk with GPT. */
  readonly gptFirst?: Buffer;
}

/** Everything of a disk that is in no partition. */
export interface DiskFrame {
  readonly diskBytes: number;
  /** Ascending. */
  readonly runs: readonly RawRun[];
}

const MEBIBYTE = 2 ** 20;

/** Puts together boot code and partition tables. Throws a ProtocolError that names the file at fault. */
export function diskFrameOf(layout: ClonezillaLayout, files: FrameFiles): DiskFrame {
  const gpt = layout.table === 'gpt' ? gptOf(layout, files) : undefined;
  if (!gpt) checkMbr(layout, files);
  const last = layout.entries.at(-1)!;
  const end = Math.max(...layout.entries.map(({ startBytes, bytes }) => startBytes + bytes));
  const diskBytes = gpt?.diskBytes ?? layout.diskBytes ?? Math.ceil(end / MEBIBYTE) * MEBIBYTE;
  const limit = gpt?.backup.diskOffset ?? diskBytes;
  if (end > limit)
    throw new ProtocolError(`partition ${last.number} ends at ${end} of a disk of ${diskBytes} bytes`);
  return { diskBytes, runs: [bootArea(layout, files), ...recordsOf(layout), ...(gpt ? [gpt.backup] : [])] };
}

function gptOf(layout: ClonezillaLayout, { gptFirst }: FrameFiles): SavedGpt {
  const file = `${layout.disk}-gpt-1st`;
  if (!gptFirst) throw new ProtocolError(`${file} is missing`);
  const gpt = within(file, () => readSavedGpt(gptFirst, layout.sectorBytes));
  assertSameEntries(layout.entries, gpt.entries, file);
  return gpt;
}

function checkMbr(layout: ClonezillaLayout, { mbr }: FrameFiles): void {
  const file = `${layout.disk}-mbr`;
  if (!mbr) throw new ProtocolError(`${file} is missing`);
  const entries = within(file, () => readSavedMbr(mbr, layout.sectorBytes));
  assertSameEntries(
    layout.entries.filter(({ number }) => number <= 4),
    entries,
    file,
  );
}

/** The files lie over each other; that of the partition table goes on top. */
function bootArea(
  { entries, disk, sectorBytes }: ClonezillaLayout,
  { mbr, afterMbr, gptFirst }: FrameFiles,
): RawRun {
  const parts = [
    { at: sectorBytes, bytes: afterMbr },
    { at: 0, bytes: mbr },
    { at: 0, bytes: gptFirst },
  ].filter((part): part is { at: number; bytes: Buffer } => part.bytes !== undefined);
  const area = Buffer.alloc(Math.max(...parts.map(({ at, bytes }) => at + bytes.length)));
  for (const { at, bytes } of parts) bytes.copy(area, at);
  const [first] = entries;
  if (area.length > first!.startBytes)
    throw new ProtocolError(
      `${disk}: boot code and partition table have ${area.length} bytes, but partition ${first!.number} begins at ${first!.startBytes}`,
    );
  return { diskOffset: 0, bytes: area };
}

function recordsOf({ table, extended, partitions, sectorBytes }: ClonezillaLayout): RawRun[] {
  const logical = partitions.filter(({ number }) => number > 4);
  if (extended) {
    assertNumbered(logical);
    return extendedBootRecords(extended, logical, sectorBytes);
  }
  if (table === 'gpt' || logical.length === 0) return [];
  throw new ProtocolError(
    `partition ${logical[0]!.number} is a logical one, but there is no extended partition`,
  );
}

/** They are numbered by their places: whatever names another number, a boot loader for example, would mean another one. */
function assertNumbered(logical: ClonezillaLayout['partitions']): void {
  const strange = logical.find(({ number }, place) => number !== 5 + place);
  if (strange)
    throw new ProtocolError(
      `logical partition ${strange.number} is not in the order of the disk, or one before it is missing; sort the table (\`sfdisk --reorder\`) and save the disk again`,
    );
}
