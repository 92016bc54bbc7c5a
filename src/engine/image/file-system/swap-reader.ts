import type { Volume } from '../disk/volume.ts';
import { type FileSystem, labelled, uuidText } from './file-system.ts';

const PAGE_SIZES = [4_096, 8_192, 16_384, 65_536];
const SIGNATURE = 'SWAPSPACE2';
/** What stands there instead while a system sleeps, by the program that laid it there (util-linux: libblkid/src/superblocks/swap.c). */
const ASLEEP = ['S1SUSPEND', 'S2SUSPEND', 'ULSUSPEND', 'LINHIB0001'];

/** Linux swap: all that matters is its first page, with UUID and label (kernel: include/linux/swap.h). */
export async function readSwap(volume: Volume): Promise<FileSystem | null> {
  for (const pageBytes of PAGE_SIZES.filter((bytes) => bytes <= volume.bytes)) {
    const signature = (await volume.read(pageBytes - 10, 10)).toString('latin1');
    const isAsleep = ASLEEP.some((mark) => signature.startsWith(mark));
    if (signature !== SIGNATURE && !isAsleep) continue;
    const header = await volume.read(0, pageBytes);
    return {
      name: 'swap',
      uuid: uuidText(header.subarray(1036, 1052)),
      ...labelled(header.toString('utf8', 1052, 1068)),
      used: [{ start: 0, end: pageBytes }],
      ...(isAsleep && {
        unclean: 'a hibernated system lies in it: start that system and shut it down',
      }),
    };
  }
  return null;
}
