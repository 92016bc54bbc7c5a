import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';

/** Rates [byte/s] and the time of a seek [s] of a disk. */
interface DiskRates {
  readonly read: number;
  readonly write: number;
  readonly shared: boolean;
  readonly seek: number;
}

/**
 * Disks by name: round numbers of data sheets, for what people have no figures of. A hard disk of 7200/min reads and
 * writes 150 MB/s in the mean over its surface, and seeks in 8.2 ms and half a turn (HGST Ultrastar 7K4000, section
 * 4.4.1); solid disks are those on SATA and on PCIe 3.
 */
const KINDS: Readonly<Record<'hdd' | 'ssd' | 'nvme', DiskRates>> = {
  hdd: { read: 150e6, write: 150e6, shared: true, seek: 0.0124 },
  ssd: { read: 500e6, write: 450e6, shared: false, seek: 0 },
  nvme: { read: 3e9, write: 2e9, shared: false, seek: 0 },
};

const ANY_DISK: DiskRates = { read: Infinity, write: Infinity, shared: false, seek: 0 };

/** The disk of every machine; what is not given is that of its kind. */
export function diskSchema(fields: Fields) {
  return settings({
    kind: z
      .enum(['hdd', 'ssd', 'nvme'])
      .optional()
      .describe(
        'rates by name: hdd 150 MB/s shared and 12.4 ms a seek, ssd 500 and 450 MB/s, nvme 3 and 2 GB/s',
      ),
    read: fields
      .rate()
      .optional()
      .describe('read rate of every machine; default: of its kind, else unlimited'),
    write: fields
      .rate()
      .optional()
      .describe('write rate of every machine; default: of its kind, else unlimited'),
    shared: z
      .boolean()
      .optional()
      .describe('reading and writing share one budget, as on a hard disk; default: of its kind, else false'),
    seek: fields
      .seconds()
      .optional()
      .describe('time that each piece of a swarm costs beside its bytes; default: of its kind, else `0 s`'),
    writeCache: fields
      .bytes()
      .optional()
      .describe('used bytes that may wait in memory to be written; default: none'),
    readCache: fields
      .bytes()
      .optional()
      .describe(
        'used bytes received last that peers are served from memory; default: none, all from the disk',
      ),
    readBack: z
      .boolean()
      .default(true)
      .describe(
        'the whole image is read back and compared: at the end, or, by a swarm, a chain or unicast that writes meanwhile to a disk that is not shared, beside the download',
      ),
  }).transform(({ kind, writeCache = 0, readCache = 0, readBack, ...given }) => {
    const { read, write, shared, seek } = kind === undefined ? ANY_DISK : KINDS[kind];
    return {
      kind,
      read: given.read ?? read,
      write: given.write ?? write,
      shared: given.shared ?? shared,
      seek: given.seek ?? seek,
      writeCache,
      readCache,
      readBack,
    };
  });
}
