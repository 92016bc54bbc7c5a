import { randomBytes } from 'node:crypto';
import { freeBytes } from '../../../src/engine/agent/free-bytes.ts';
import { decodeChunk, encodeChunk } from '../../../src/engine/image/chunk-codec.ts';

/** Decodes, hashes and drops chunks as an agent does, four at a time, and prints the page faults of one. */

const CHUNKS = 100;
const CHUNK_BYTES = 4 * 2 ** 20;
const ENCODING = { kind: 'zstd', level: 3 } as const;

const raw = Buffer.alloc(CHUNK_BYTES, randomBytes(CHUNK_BYTES / 64).toString('hex'));
const wire = await encodeChunk(raw, ENCODING);
let left = CHUNKS;
const before = process.resourceUsage().minorPageFault;
await Promise.all(
  Array.from({ length: 4 }, async () => {
    while (left-- > 0) {
      const decoded = await decodeChunk(wire, { rawBytes: CHUNK_BYTES }, ENCODING);
      await crypto.subtle.digest('SHA-256', decoded as Uint8Array<ArrayBuffer>);
      freeBytes(decoded);
    }
  }),
);
process.stdout.write(String((process.resourceUsage().minorPageFault - before) / CHUNKS));
