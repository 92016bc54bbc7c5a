import { ProtocolError } from '../../protocol-error.ts';
import { type DiskSurvey, surveyDisk } from '../capture/disk-survey.ts';
import { LocalDisk } from '../capture/local-disk.ts';
import { bytesOfRanges } from '../disk/byte-ranges.ts';
import { piecesOf } from '../disk/volume.ts';
import type { RawRun } from '../image-draft.ts';
import type { SourceDisk } from './source-disk.ts';

/**
 * A disk, byte by byte in a file; what is in use is read from its file systems, as a capture does.
 * @param close is done when the disk is closed, for a file that was made for this
 * Throws a ConfigError where a file system cannot be believed.
 */
export async function openDiskFile(
  file: string,
  { whole, close = async () => {} }: { whole: readonly number[]; close?: () => Promise<void> },
): Promise<SourceDisk> {
  const disk = await LocalDisk.open(file);
  try {
    const mark = await disk.changeMark();
    const survey = await surveyDisk(disk, { sectorBytes: disk.sectorBytes, whole });
    return {
      disk: { bytes: disk.bytes, sectorBytes: disk.sectorBytes },
      table: survey.table,
      partitions: [...survey.partitions],
      tools: {},
      rawBytes: bytesOfRanges(survey.used),
      runs: (signal) => runsOf(disk, { survey, mark }, signal),
      close: async () => {
        await disk.close();
        await close();
      },
    };
  } catch (cause) {
    await disk.close();
    throw cause;
  }
}

async function* runsOf(
  disk: LocalDisk,
  { survey, mark }: { survey: DiskSurvey; mark: string },
  signal: AbortSignal,
): AsyncGenerator<RawRun> {
  for (const { start, end } of survey.used) {
    let diskOffset = start;
    for await (const bytes of piecesOf(disk, start, end - start)) {
      signal.throwIfAborted();
      yield { diskOffset, bytes };
      diskOffset += bytes.length;
    }
  }
  if ((await disk.changeMark()) !== mark) throw new ProtocolError('it was written to while it was read');
}
