import { join } from 'node:path';

/** Device numbers as the kernel writes them: `8:1`. */
export type DeviceNumber = string;

/** A file system that is mounted. */
export interface Mount {
  readonly device: DeviceNumber;
  /** What was mounted: a device for most; the only trace of it for Btrfs, whose device number is its own. */
  readonly source: string;
  readonly place: string;
}

/** Reads `/proc/self/mountinfo` (proc(5)). */
export function mountsOf(mountinfo: string): Mount[] {
  return linesOf(mountinfo).map((line) => {
    const [front = '', back = ''] = line.split(' - ');
    const [, , device = '', , place = ''] = front.split(' ');
    return { device, place: unescaped(place), source: unescaped(back.split(' ')[1] ?? '') };
  });
}

/** Files and devices that the kernel swaps to: reads `/proc/swaps` (proc(5)). */
export function swapsOf(swaps: string): string[] {
  return linesOf(swaps)
    .slice(1)
    .map((line) => unescaped(line.split(/\s/)[0]!));
}

/** Names of the block devices of a folder of sysfs that stand for this file: loop devices. */
export function loopsOf(backingFiles: ReadonlyMap<string, string>, file: string): string[] {
  return [...backingFiles]
    .filter(([, backing]) => backing.trim() === file)
    .map(([name]) => join('/dev', name));
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Blanks and the like are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
