import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestInSlices, digestOf, digestOnPool } from '../../src/engine/digest.ts';
import { namesShaInstructions } from '../../src/engine/sha-instructions-reader.ts';

const MIB = 2 ** 20;

describe.each(['sha1', 'sha256'] as const)('%s', (name) => {
  describe.each([
    ['in slices', digestInSlices],
    ['on the pool', digestOnPool],
    ['on whichever is better here', digestOf],
  ])('%s', (_, digest) => {
    const isRight = async (bytes: Uint8Array): Promise<boolean> =>
      (await digest(name, bytes)).equals(createHash(name).update(bytes).digest());

    it.each([0, 1, MIB / 2 - 1, MIB / 2, MIB / 2 + 1, 4 * MIB, 4 * MIB + 3])(
      'of %i bytes',
      async (length) => {
        expect(await isRight(randomBytes(length))).toBe(true);
      },
    );

    it('of bytes in the middle of others', async () => {
      expect(await isRight(randomBytes(3 * MIB).subarray(17, 2 * MIB))).toBe(true);
    });
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
    await digestInSlices('sha256', randomBytes(4 * MIB));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(7);
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
