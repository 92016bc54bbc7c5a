import { partOf, type Volume } from '../disk/volume.ts';

/** The log is written in basic blocks of 512 bytes, whatever the sector size (kernel: fs/xfs/xfs_log_format.h). */
const BASIC_BLOCK_BYTES = 512;
const RECORD_MAGIC = 0xfeed_babe;
const UNMOUNT_FLAG = 0x20;
/** A record has up to 256 KiB behind its headers. */
const LONGEST_RECORD_BLOCKS = 512 + 8;
/** Records above 32 KiB have a header for each. */
const BYTES_PER_HEADER = 32_768;

/**
 * Whether the last record of an XFS log says that the file system was unmounted. The log is a ring: every block begins
 * with the number of its round, and where that number falls is the head.
 */
export async function isXfsLogClosed(volume: Volume, offset: number, bytes: number): Promise<boolean> {
  const log = partOf(volume, offset, bytes);
  const blocks = Math.floor(bytes / BASIC_BLOCK_BYTES);
  const round = roundOf(await blockAt(log, 0));
  if (round === 0) return true;
  const head = await firstOfOlderRound(log, blocks, round);
  for (let back = 1; back <= Math.min(LONGEST_RECORD_BLOCKS, blocks); back++) {
    const start = (head - back + blocks) % blocks;
    const header = await blockAt(log, start);
    if (header.readUInt32BE() === RECORD_MAGIC) return isUnmount(log, { header, start, blocks, head });
  }
  return false;
}

/** Rounds never rise from block to block, so the place where they fall is found by halving. */
async function firstOfOlderRound(log: Volume, blocks: number, round: number): Promise<number> {
  let [same, older] = [0, blocks];
  while (older - same > 1) {
    const middle = Math.floor((same + older) / 2);
    if (roundOf(await blockAt(log, middle)) === round) same = middle;
    else older = middle;
  }
  return older;
}

interface LastRecord {
  readonly header: Buffer;
  readonly start: number;
  readonly head: number;
  readonly blocks: number;
}

async function isUnmount(log: Volume, { header, start, head, blocks }: LastRecord): Promise<boolean> {
  const isSecondVersion = (header.readUInt32BE(8) & 2) !== 0;
  const headers = isSecondVersion ? Math.max(1, Math.ceil(header.readUInt32BE(320) / BYTES_PER_HEADER)) : 1;
  const data = start + headers;
  // Padded to the stripe unit of the log, which is 4 KiB on disks with such sectors (xlog_sync).
  const dataBlocks = Math.max(1, Math.ceil(header.readUInt32BE(12) / BASIC_BLOCK_BYTES));
  if ((data + dataBlocks) % blocks !== head % blocks || header.readUInt32BE(40) !== 1) return false;
  const operation = await blockAt(log, data % blocks);
  return (operation[9]! & UNMOUNT_FLAG) !== 0;
}

function blockAt(log: Volume, block: number): Promise<Buffer> {
  return log.read(block * BASIC_BLOCK_BYTES, BASIC_BLOCK_BYTES);
}

function roundOf(block: Buffer): number {
  const first = block.readUInt32BE();
  return first === RECORD_MAGIC ? block.readUInt32BE(4) : first;
}
