import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isChunk, sha256InSlices, sha256OnPool } from '../../../src/engine/agent/chunk-hash.ts';
import { namesShaInstructions } from '../../../src/engine/agent/sha-instructions.ts';

const MIB = 2 ** 20;

describe.each([
  ['in slices', sha256InSlices],
  ['on the pool', sha256OnPool],
])('the hash of a chunk %s', (_, hashed) => {
  it.each([0, 1, MIB / 2 - 1, MIB / 2, MIB / 2 + 1, 4 * MIB, 4 * MIB + 3])('of %i bytes', async (length) => {
    const bytes = randomBytes(length);
    expect((await hashed(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('of bytes in the middle of others', async () => {
    const bytes = randomBytes(3 * MIB).subarray(17, 2 * MIB);
    expect((await hashed(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

describe('hashing in slices', () => {
  it('lets the network in between', async () => {
    let turns = 0;
    let isOver = false;
    const takeTurns = (): void => {
      if (isOver) return;
      turns++;
      setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    await sha256InSlices(randomBytes(4 * MIB));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(7);
  });
});

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

describe('the processor', () => {
  it('has SHA instructions where Linux lists them', () => {
    expect(namesShaInstructions('processor\t: 0\nflags\t\t: fpu sse2 sha_ni xsaveopt\n')).toBe(true);
    expect(namesShaInstructions('Features\t: fp asimd aes pmull sha1 sha2 crc32\n')).toBe(true);
  });

  it('has none where Linux does not', () => {
    expect(namesShaInstructions('flags\t\t: fpu sse2 avx2\nbugs\t\t: sha_nix\n')).toBe(false);
    expect(namesShaInstructions('Features\t: fp asimd sha1 sha256x\n')).toBe(false);
    expect(namesShaInstructions('')).toBe(false);
  });
});
