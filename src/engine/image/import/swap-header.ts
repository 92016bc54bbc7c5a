import type { SavedPartition } from './clonezilla-layout.ts';

/** As mkswap and the kernel have it (include/linux/swap.h, union swap_header), for pages of 4 KiB. */
const PAGE_BYTES = 4096;
const VERSION = 1;
const INFO_OFFSET = 1024;
const UUID_OFFSET = INFO_OFFSET + 12;
const LABEL_OFFSET = UUID_OFFSET + 16;
const LABEL_BYTES = 16;
const MAGIC = 'SWAPSPACE2';

/**
 * The first page of a swap partition, with the UUID and the label that it had: all that the kernel wants to find there.
 * Clonezilla keeps these two as text, and runs mkswap after a restore.
 */
export function swapHeader({
  bytes,
  uuid,
  label,
}: Pick<SavedPartition, 'bytes' | 'uuid' | 'label'>): Uint8Array {
  const page = Buffer.alloc(PAGE_BYTES);
  page.writeUInt32LE(VERSION, INFO_OFFSET);
  page.writeUInt32LE(Math.min(2 ** 32 - 1, Math.floor(bytes / PAGE_BYTES) - 1), INFO_OFFSET + 4);
  page.set(Buffer.from(uuid?.replaceAll('-', '') ?? '', 'hex').subarray(0, 16), UUID_OFFSET);
  page.set(Buffer.from(label ?? '').subarray(0, LABEL_BYTES), LABEL_OFFSET);
  page.write(MAGIC, PAGE_BYTES - MAGIC.length);
  return page;
}
