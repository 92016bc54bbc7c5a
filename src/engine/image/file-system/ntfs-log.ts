import { ProtocolError } from '../../protocol-error.ts';
import { mendedRecord } from './ntfs-record.ts';

/** Of a restart area: nobody writes to the log, or it says itself that all was written. */
const NO_CLIENT = 0xffff;
const RESTART_IS_CLEAN = 0x2;
/** Where the first page does not say what a page is. */
const USUAL_PAGE_BYTES = 4096;
const PAGE_SIZES: readonly number[] = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];

/** Bytes of the file $LogFile; fewer, where it ends. */
type LogReader = (offset: number, bytes: number) => Promise<Buffer>;

/**
 * Whether the log is empty (all ones), or its restart area says that nobody is writing. The area stands on two pages
 * that are written in turn: of those that are whole the later one counts (kernel: fs/ntfs3/fslog.c).
 * Throws a ProtocolError where neither page is whole.
 */
export async function isNtfsLogClosed(read: LogReader): Promise<boolean> {
  const pageBytes = pageBytesOf(await read(0, USUAL_PAGE_BYTES));
  const pages = [await read(0, pageBytes), await read(pageBytes, pageBytes)];
  if (pages.every((page) => page.every((byte) => byte === 0xff))) return true;
  const [first, second] = pages.map(restartOf).filter((restart) => restart !== null);
  if (!first) throw new ProtocolError('its log has no restart area that is whole');
  return (second && second.sequence > first.sequence ? second : first).isClosed;
}

function pageBytesOf(start: Buffer): number {
  const bytes = start.length < USUAL_PAGE_BYTES ? 0 : start.readUInt32LE(16);
  return PAGE_SIZES.includes(bytes) ? bytes : USUAL_PAGE_BYTES;
}

interface Restart {
  /** Log sequence number: the later, the higher. */
  readonly sequence: bigint;
  readonly isClosed: boolean;
}

/** Null where the page has none, or was written in part. */
function restartOf(page: Buffer): Restart | null {
  const magic = page.toString('latin1', 0, 4);
  // What chkdsk has been over is not replayed, whoever was writing before.
  if (magic === 'CHKD' && page.length >= 512) return { sequence: page.readBigInt64LE(8), isClosed: true };
  const restart = magic === 'RSTR' ? wholePage(page) : null;
  const area = restart?.readUInt16LE(24) ?? 0;
  if (!restart || area + 16 > restart.length) return null;
  return {
    sequence: restart.readBigInt64LE(area),
    isClosed:
      restart.readUInt16LE(area + 12) === NO_CLIENT ||
      (restart.readUInt16LE(area + 14) & RESTART_IS_CLEAN) !== 0,
  };
}

function wholePage(page: Buffer): Buffer | null {
  if (page.length < 512) return null;
  try {
    return mendedRecord(page, 'RSTR');
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return null;
  }
}
