import { z } from 'zod';
import type { MachineSteps } from '../deployment/post-deploy-steps.ts';
import type { SwarmClientName } from '../swarm/swarm-client-by-name.ts';

/** What an agent says in a sentence has so many letters at most. */
export const MOST_SENTENCE = 4096;

const text = z.string().max(256);
/** A MAC or a UUID, or what a lab calls its machines: nothing that does harm in a log or on a terminal. */
const id = z.string().regex(/^[\w.:-]{1,64}$/);

/** A fixed disk of a machine as its agent lists it. */
const disk = z.object({ path: text, sizeBytes: z.number().min(0), model: text, serial: text });

export const registration = z.object({
  /** MAC addresses and UUID of the machine. */
  ids: z
    .array(id.transform((word) => word.toLowerCase()))
    .min(1)
    .max(64),
  firmware: z.enum(['uefi', 'bios']),
  memoryBytes: z.number().min(0),
  disks: z.array(disk).max(256),
  isTrial: z.boolean().default(false),
});

/** What a machine tells the server when it registers. */
export interface Registration {
  readonly ids: readonly string[];
  readonly firmware: 'uefi' | 'bios';
  readonly memoryBytes: number;
  readonly disks: readonly z.input<typeof disk>[];
  /** It asks what would be written to it, and writes nothing: it stays as it is armed. */
  readonly isTrial?: boolean | undefined;
}

/** What the server tells a machine that may be written to. */
export interface Admission {
  /** The id under which it was armed: it calls itself so from now on. */
  readonly machine: string;
  /** Below this stand `manifest.json`, `manifest.sig`, `extents.bin`, `image.torrent` by TFTP and HTTP. */
  readonly imageFolder: string;
  /** An earlier run of its agent that was to write this image was not finished. */
  readonly isResumed: boolean;
  /** What is done to its disk once it holds the image; null for nothing. */
  readonly steps: MachineSteps | null;
  /** What the swarm of the deployment runs; left out where the machine knows. */
  readonly client?: SwarmClientName | undefined;
}
