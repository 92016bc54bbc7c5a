import { z } from 'zod';
import { settings } from '../../settings/group.ts';
import type { Fields } from './field.ts';
import { type ImageSizes, pieceCount } from './wire-size.ts';

/** Peers keep numbers for every piece, simulated ones each their own. A terabyte has as many pieces of 1 MiB. */
const MOST_PIECES = 2 ** 20;

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
  })
    .refine(({ size, used = size }) => used <= size, {
      path: ['used'],
      error: 'allowed is no more than `image.size`, the whole disk',
    })
    .refine(({ encoding, compressionRatio }) => encoding === 'zstd' || compressionRatio === 1, {
      path: ['compressionRatio'],
      error:
        'allowed is 1 with `image.encoding: raw`, which compresses nothing; write `encoding: zstd` beside it',
    })
    .refine((image) => pieceCount(image) <= MOST_PIECES, {
      path: ['pieceLength'],
      error: ({ input }) => {
        const pieces = pieceCount(input as ImageSizes);
        return `found ${pieces} pieces; allowed are ${MOST_PIECES}, so a pieceLength ${Math.ceil(pieces / MOST_PIECES)} times as large or more`;
      },
    });
}
