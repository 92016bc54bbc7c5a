import { z } from 'zod';
import type { HostFingerprint, Transport } from '../record/run-record.ts';

const time = z.number().min(0);

/** What a lab takes for one machine by one transport, beside the bytes on the link. Times in seconds, medians. */
const cost = z.strictObject({
  register: time,
  metainfo: time,
  /** With the scan of the disk behind it. */
  partition: time,
  /** What the download took longer than its bytes take on the link: programs that start, and what ends at a whole second. */
  startUp: time,
  /** The read-back of the whole disk [raw byte/s]. */
  verifyBps: z.number().positive(),
  finish: time,
  /** Processor time of one machine from its start to its last verified piece, as far as it does not grow with the image [s]. */
  cpuPerMachine: time,
  /** Processor time for each wire byte that arrives, at all who take part in it [s]. */
  cpuPerByte: z.number().positive(),
});
export type TransportCost = Readonly<z.output<typeof cost>>;

const host = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  memoryMiB: z.number().positive(),
  platform: z.string(),
});

/** What was measured of a lab by itself, to be given to the simulator; the shape of the file. */
export const probeSchema = z.strictObject({
  format: z.literal('swarmboot-probe/2', {
    error: 'found another version, which lacks processor time; measure anew with `./swarmboot probe`',
  }),
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
  host,
  /** Links of the server and of a machine [bytes per second], and the larger image that was sent. */
  link: z.strictObject({ upBps: z.number().positive(), downBps: z.number().positive() }),
  rawBytes: z.number().positive(),
  repeats: z.int().positive(),
  transports: z.record(z.string(), cost),
  leftOut: z.record(z.string(), z.string()).optional(),
  versions: z.record(z.string(), z.string()).optional(),
});

export interface Probe {
  readonly format: 'swarmboot-probe/2';
  readonly measuredAt: string;
  readonly host: HostFingerprint;
  readonly link: { readonly upBps: number; readonly downBps: number };
  readonly rawBytes: number;
  readonly repeats: number;
  readonly transports: Readonly<Partial<Record<Transport, TransportCost>>>;
  /** Transports that could not be measured, and why; older probes do not tell. */
  readonly leftOut?: Readonly<Partial<Record<Transport, string>>>;
  /** Of Swarmboot, its code, Node and all clients that were measured; older probes do not tell. */
  readonly versions?: Readonly<Record<string, string>>;
}
