import type { DiskFacts } from './target-disk.ts';

/** Reads a file below the folder of a block device; undefined where there is none. */
export type ReadDeviceFile = (file: string) => string | undefined;

/** What is in `/sys/block` and no disk of the machine: memory, loops, mappings of other disks, drives for discs. */
const NO_DISKS = /^(loop|ram|zram|dm-|md|sr|fd|nbd|mtdblock)/;
/** A bus of USB in the way to a device. */
const USB = /\/usb\d+\//;
/** What MMC calls a card; memory that is soldered in is `MMC`. */
const SD_CARD = 'SD';
/** Linux counts a block device in sectors of 512 bytes, whatever its own are. */
const SECTOR_BYTES = 512;

/**
 * What Linux says of a block device (Documentation/ABI/stable/sysfs-block).
 * @param name such as `sda`, from `/sys/block`
 * @param place where the link of that name leads to: the way to the device, bus by bus
 * @returns undefined where it is no disk of the machine, an empty drive, or one of several ways to a disk
 */
export function diskFactsOf(name: string, read: ReadDeviceFile, place: string): DiskFacts | undefined {
  const sizeBytes = Number(read('size')?.trim()) * SECTOR_BYTES;
  if (NO_DISKS.test(name) || !Number.isSafeInteger(sizeBytes) || sizeBytes === 0) return undefined;
  if (read('hidden')?.trim() === '1') return undefined;
  const text = (...files: string[]): string =>
    files.map((file) => read(file)?.trim()).find((found) => found) ?? '';
  return {
    path: `/dev/${name.replaceAll('!', '/')}`,
    sizeBytes,
    model: text('device/model', 'device/name'),
    serial: text('device/serial', 'serial') || serialOfPage(read('device/vpd_pg80')),
    wwn: text('wwid', 'device/wwid'),
    isRotational: text('queue/rotational') === '1',
    // Most USB disks say of themselves that they are fixed, and so do readers of cards.
    isRemovable: text('removable') === '1' || USB.test(place) || text('device/type') === SD_CARD,
    isReadOnly: text('ro') === '1',
  };
}

/** SCSI's unit serial number page (SPC-4, 7.8.15): four bytes before the number. */
function serialOfPage(page: string | undefined): string {
  return (page?.slice(4) ?? '').replaceAll('\0', '').trim();
}
