import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isChunk } from '../../../src/engine/agent/chunk-hash.ts';

const MIB = 2 ** 20;

describe('a chunk', () => {
  const raw = randomBytes(MIB);
  const chunk = {
    diskOffset: 0,
    rawBytes: MIB,
    wireOffset: 0,
    wireBytes: MIB,
    sha256: createHash('sha256').update(raw).digest(),
  };

  it('is its bytes and no others', async () => {
    expect(await isChunk(chunk, raw)).toBe(true);
    const wrong = Buffer.from(raw);
    wrong[MIB - 1]! ^= 1;
    expect(await isChunk(chunk, wrong)).toBe(false);
    expect(await isChunk(chunk, raw.subarray(1))).toBe(false);
  });
});
