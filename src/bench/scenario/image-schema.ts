import { z } from 'zod';
import type { Fields } from './field.ts';
import { settings } from './settings.ts';

/** The image, and how it goes over the wire. */
export function imageSchema(fields: Fields) {
  const ratio = 'allowed is a number from 1 up: used bytes / wire bytes';
  return settings({
    size: fields.bytes().describe('the whole disk'),
    used: fields.bytes().optional().describe('used ranges of the disk; default: all of it'),
    pieceLength: fields.bytes().prefault('1 MiB').describe('piece of the swarm'),
    encoding: z.enum(['raw', 'zstd']).default('raw').describe('wire encoding'),
    compressionRatio: z
      .number({ error: ratio })
      .min(1, { error: ratio })
      .default(1)
      .describe('used bytes / wire bytes of an encoding that compresses'),
    decode: fields.rate().prefault('unlimited').describe('used bytes that a machine decodes in a second'),
  });
}
