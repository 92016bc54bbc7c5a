import { ProtocolError } from '../../protocol-error.ts';
import { assertNotDynamic } from '../disk/dynamic-disk.ts';
import { within } from './place-of-fault.ts';
import { type SavedStream, savedStreamOf } from './saved-stream.ts';
import { type DumpedPartition, type DumpedTable, isExtended, parseSfdiskDump } from './sfdisk-dump.ts';
import type { TableEntry } from './table-entry.ts';

/** What a Clonezilla folder has in it. */
export interface ClonezillaFolder {
  /** Of all plain files. */
  readonly names: readonly string[];
  /** The small text files, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A partition that was saved, or is made anew on the machine. */
export interface SavedPartition extends TableEntry {
  readonly fileSystem: string;
  readonly uuid?: string;
  readonly label?: string;
  /** Missing of swap: nothing but its UUID and label were saved. */
  readonly stream?: SavedStream;
}

/** A disk as Clonezilla saved it. */
export interface ClonezillaLayout {
  /** Its name on the computer that it was saved on, such as `sda`. */
  readonly disk: string;
  readonly table: DumpedTable['kind'];
  readonly sectorBytes: number;
  /** All of the table, ascending. */
  readonly entries: readonly TableEntry[];
  /** Of a MBR: the partition that the logical ones lie in. */
  readonly extended: TableEntry | undefined;
  /** Ascending on the disk, without overlap. */
  readonly partitions: readonly SavedPartition[];
  /** As parted told it; undefined where that was not kept. */
  readonly diskBytes: number | undefined;
}

/** Names of devices become names of files: nothing else than these leads to one. */
const DEVICE_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Ten pages: mkswap makes no smaller one. */
const LEAST_SWAP_BYTES = 10 * 4096;

/** What cannot be imported, by the file that Clonezilla leaves with it. */
const REFUSED: readonly (readonly [file: string, reason: string])[] = [
  ['ecryptfs.info', 'the image is encrypted by ecryptfs; decrypt it with Clonezilla first'],
  ['luks-dev.list', 'it has partitions that are encrypted by LUKS, which cannot be imported'],
  ['lvm_vg_dev.list', 'it has volumes of LVM, which cannot be imported'],
];

/** Throws a ProtocolError that names the file at fault. */
export function clonezillaLayoutOf(folder: ClonezillaFolder): ClonezillaLayout {
  for (const [file, reason] of REFUSED)
    if (folder.names.includes(file)) throw new ProtocolError(`${file}: ${reason}`);
  const disk = diskOf(folder);
  const dump = textOf(folder, `${disk}-pt.sf`);
  const table = within(`${disk}-pt.sf`, () => parseSfdiskDump(dump));
  within(`${disk}-pt.sf`, () => assertNotDynamic(table.partitions));
  const parts = devicesIn(folder, 'parts');
  const unknown = parts.find((part) => !table.partitions.some(({ device }) => device === part));
  if (unknown !== undefined) throw new ProtocolError(`parts: ${unknown} is not in ${disk}-pt.sf`);
  const extended = table.partitions.find((partition) => isExtended(table, partition));
  const partitions = table.partitions
    .filter((partition) => partition !== extended)
    .map((partition) => savedPartitionOf(folder, { disk, partition }));
  assertApart(partitions);
  return {
    disk,
    table: table.kind,
    sectorBytes: table.sectorBytes,
    entries: table.partitions.map((partition) => entryOf(disk, partition)),
    extended: extended && entryOf(disk, extended),
    partitions,
    diskBytes: diskBytesOf(folder.texts.get(`${disk}-pt.parted`)),
  };
}

function entryOf(disk: string, { device, startBytes, bytes, type }: DumpedPartition): TableEntry {
  return { number: numberOf(disk, device), startBytes, bytes, type };
}

function diskOf(folder: ClonezillaFolder): string {
  const disks = devicesIn(folder, 'disk');
  if (disks.length === 1) return disks[0]!;
  throw new ProtocolError(`disk: it names ${disks.length} disks; an image is of one`);
}

function devicesIn(folder: ClonezillaFolder, file: string): string[] {
  const devices = textOf(folder, file)
    .split(/\s+/)
    .filter((device) => device !== '');
  const odd = devices.find((device) => !DEVICE_NAME.test(device));
  if (odd !== undefined)
    throw new ProtocolError(`${file}: ${JSON.stringify(odd.slice(0, 80))} is no name of a device`);
  return devices;
}

function savedPartitionOf(
  folder: ClonezillaFolder,
  { disk, partition }: { disk: string; partition: DumpedPartition },
): SavedPartition {
  const { device } = partition;
  const place = entryOf(disk, partition);
  const stream = savedStreamOf(device, folder.names);
  const swap = folder.texts.get(`swappt-${device}.info`);
  if (stream)
    return { ...place, fileSystem: stream.fileSystem, stream, ...namesIn(blkidLineOf(folder, device)) };
  if (swap !== undefined && place.bytes < LEAST_SWAP_BYTES)
    throw new ProtocolError(`${disk}-pt.sf: ${device} has ${place.bytes} bytes, too few for swap`);
  if (swap !== undefined) return { ...place, fileSystem: 'swap', ...namesIn(swap) };
  throw new ProtocolError(
    `${disk}-pt.sf: ${device} was not saved: there is no file that begins with ${device}.`,
  );
}

/** `sda1`; a disk whose name ends in a digit has a `p` between. */
function numberOf(disk: string, device: string): number {
  const prefix = /\d$/.test(disk) ? `${disk}p` : disk;
  const number = device.startsWith(prefix) ? device.slice(prefix.length) : '';
  if (/^[1-9]\d{0,2}$/.test(number)) return Number(number);
  throw new ProtocolError(`${disk}-pt.sf: ${JSON.stringify(device.slice(0, 80))} is no partition of ${disk}`);
}

function blkidLineOf({ texts }: ClonezillaFolder, device: string): string {
  const lines = texts.get('blkid.list')?.split('\n') ?? [];
  return lines.find((line) => line.startsWith(`/dev/${device}:`)) ?? '';
}

function namesIn(text: string): { uuid?: string; label?: string } {
  const [uuid, label] = ['UUID', 'LABEL'].map(
    (name) => new RegExp(`(?:^|\\s)${name}="([^"]+)"`).exec(text)?.[1],
  );
  return { ...(uuid && { uuid: uuid.slice(0, 64) }), ...(label && { label: label.slice(0, 128) }) };
}

/** `Disk /dev/sda: 41943040s`, as `parted unit s print` says it. */
function diskBytesOf(parted = ''): number | undefined {
  const sectors = /^Disk \/dev\/\S+: (\d{1,13})s$/m.exec(parted)?.[1];
  return sectors === undefined ? undefined : Number(sectors) * 512;
}

function assertApart(partitions: readonly SavedPartition[]): void {
  partitions.forEach(({ number, startBytes }, place) => {
    const before = partitions[place - 1];
    if (before && startBytes < before.startBytes + before.bytes)
      throw new ProtocolError(
        `partition ${number} begins at ${startBytes}, inside partition ${before.number}`,
      );
    if (partitions.findIndex((other) => other.number === number) !== place)
      throw new ProtocolError(`two partitions have the number ${number}`);
  });
}

function textOf({ texts }: ClonezillaFolder, file: string): string {
  const text = texts.get(file);
  if (text === undefined) throw new ProtocolError(`${file} is missing`);
  return text;
}
