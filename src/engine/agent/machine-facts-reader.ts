import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { networkInterfaces, totalmem } from 'node:os';
import { join } from 'node:path';
import { diskFactsOf } from './block-device.ts';
import type { DiskFacts } from './target-disk.ts';

/** What a machine tells the server of itself. */
export interface MachineFacts {
  /** Hardware addresses of its network cards and the UUID of its board, in lower case: an operator arms one of them. */
  readonly ids: readonly string[];
  readonly firmware: 'uefi' | 'bios';
  readonly memoryBytes: number;
  readonly disks: readonly DiskFacts[];
}

const NO_ADDRESS = '00:00:00:00:00:00';
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** Reads what Linux knows of this machine. @param root of the tree that has `sys`; for tests */
export function readMachineFacts(root = '/'): MachineFacts {
  const addresses = [...upAddresses(), ...cardAddresses(join(root, 'sys/class/net'))];
  const uuid = fileAt(join(root, 'sys/class/dmi/id/product_uuid'))?.trim();
  return {
    ids: [...new Set([...addresses, ...(uuid ? [uuid] : [])].map((id) => id.toLowerCase()))],
    firmware: existsSync(join(root, 'sys/firmware/efi')) ? 'uefi' : 'bios',
    memoryBytes: totalmem(),
    disks: readDisks(join(root, 'sys/block')),
  };
}

/** Of the interfaces that have an address: the card that it was booted by is among them. */
function upAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, mac }) => !internal && mac !== NO_ADDRESS)
    .map(({ mac }) => mac);
}

/**
 * Of all cards, also of those that are down: by each of them a network boot may come. Not of those on USB, which go from
 * machine to machine, or have the same address in all of a model.
 */
function cardAddresses(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => {
      const device = join(folder, name, 'device');
      return existsSync(device) && !realpathSync(device).includes('/usb');
    })
    .map((name) => fileAt(join(folder, name, 'address'))?.trim() ?? '')
    .filter((address) => MAC.test(address) && address !== NO_ADDRESS);
}

function readDisks(folder: string): DiskFacts[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const device = join(folder, name);
      return diskFactsOf(name, (file) => fileAt(join(device, file)), realpathSync(device));
    })
    .filter((disk) => disk !== undefined);
}

function fileAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Many of these files are there only for some kinds of devices, or for root.
    return undefined;
  }
}
